-- Written by `amends migrate --dump-schema db/schema.sql`; the migrations are the source.

CREATE OR REPLACE FUNCTION public.borrower_id_of(lender text, borrower_no text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN hashtextextended(((lender || ''::text) || borrower_no), (0)::bigint)
;

CREATE OR REPLACE FUNCTION public.to_decimal(minor numeric, exponent integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (round((minor / ((10)::numeric ^ (exponent)::numeric)), exponent))::text
;

create table borrowers (
  borrower_id bigint not null,
  lender text not null,
  borrower_no text not null,
  name text,
  kind text,
  national_id text,
  born_on date,
  occupation text,
  monthly_income_minor bigint,
  income_currency text,
  employer text,
  language text,
  country text,
  time_zones text[] not null default '{}'::text[],
  vulnerable text,
  deceased_on date,
  extra jsonb,
  row_digest bigint
);

create table cases (
  borrower_id bigint not null,
  opened_on date not null,
  closed_on date
);

create table contact_points (
  borrower_id bigint not null,
  party text not null,
  party_name text not null default ''::text,
  kind text not null,
  value text not null,
  source text,
  consented_on date,
  opted_out_on date,
  extra jsonb,
  row_digest bigint
);

create table currencies (
  currency text not null,
  exponent integer not null
);

create table delinquencies (
  borrower_id bigint not null,
  loan_no text not null,
  valid_from date not null,
  valid_to date,
  bucket text not null,
  began_as text not null,
  ended_as text
);

create table delinquency_corrections (
  borrower_id bigint not null,
  loan_no text not null,
  from_on date not null
);

create table events (
  borrower_id bigint not null,
  event_id uuid not null default gen_random_uuid(),
  as_of date not null,
  at timestamp with time zone,
  kind text not null,
  loan_no text,
  actor text not null default 'night'::text,
  detail jsonb not null default '{}'::jsonb
);

create table instalments (
  borrower_id bigint not null,
  loan_no text not null,
  instalment_no integer not null,
  due_on date not null,
  principal_minor bigint not null default 0,
  interest_minor bigint not null default 0,
  fees_minor bigint not null default 0,
  extra jsonb
);

create table load_rejects (
  load_id uuid not null,
  line bigint not null,
  column_name text not null,
  value text,
  reason text not null
);

create table loads (
  load_id uuid not null default gen_random_uuid(),
  kind text not null,
  lender text not null,
  as_of date not null,
  mode text not null,
  file_name text not null,
  sha256 text not null,
  state text not null,
  loaded_at timestamp with time zone not null,
  accepted_by text,
  rows bigint not null,
  new bigint not null,
  changed bigint not null,
  unchanged bigint not null,
  closed bigint not null,
  rejected bigint not null,
  seconds numeric not null,
  totals jsonb not null default '[]'::jsonb,
  null_shares jsonb not null default '{}'::jsonb,
  comparison jsonb not null default '{}'::jsonb,
  dpd_differs bigint not null default 0
);

create table loan_kinds (
  lender text not null,
  product text not null
);

create table loan_positions (
  borrower_id bigint not null,
  loan_no text not null,
  valid_from date not null,
  valid_to date not null,
  status text not null,
  outstanding_minor bigint not null,
  past_due_minor bigint not null,
  oldest_due_on date,
  principal_minor bigint,
  interest_minor bigint,
  penalty_minor bigint,
  fees_minor bigint
);

create table loans (
  borrower_id bigint not null,
  loan_no text not null,
  lender text not null,
  product text not null default ''::text,
  branch text,
  currency text not null,
  status text not null,
  position_from date not null,
  outstanding_minor bigint not null,
  past_due_minor bigint not null,
  oldest_due_on date,
  principal_minor bigint,
  interest_minor bigint,
  penalty_minor bigint,
  fees_minor bigint,
  opened_on date,
  matures_on date,
  original_amount_minor bigint,
  term_months integer,
  rate numeric,
  instalment_minor bigint,
  next_due_on date,
  last_paid_on date,
  last_paid_minor bigint,
  secured boolean,
  collateral text,
  lender_days_past_due integer,
  extra jsonb,
  row_digest bigint not null
);

create table nightly_steps (
  as_of date not null,
  step text not null,
  rows bigint not null default 0,
  seconds numeric not null default 0
);

create table nights (
  as_of date not null,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  failed_step text,
  error text
);

create table payments (
  borrower_id bigint not null,
  payment_no text not null,
  lender text not null,
  loan_no text not null,
  paid_on date not null,
  amount_minor bigint not null,
  currency text not null,
  kind text not null,
  reverses text,
  method text,
  reference text,
  loaded_as_of date not null,
  extra jsonb
);

create table risk_class_edges (
  pack text not null,
  card boolean not null,
  secured boolean not null,
  risk_class integer not null,
  after_days integer,
  after_months integer,
  clause text not null
);

create table risk_classes (
  borrower_id bigint not null,
  loan_no text not null,
  valid_from date not null,
  valid_to date,
  pack text not null,
  risk_class integer not null
);

create table schema_migrations (
  name text not null,
  sha256 text not null
);

create table settings (
  lender text not null default ''::text,
  product text not null default ''::text,
  name text not null,
  effective_from date not null,
  value jsonb not null
);

alter table borrowers add constraint borrowers_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'firm'::text])));

alter table borrowers add constraint borrowers_monthly_income_minor_check CHECK ((monthly_income_minor >= 0));

alter table borrowers add constraint borrowers_pkey PRIMARY KEY (borrower_id);

alter table cases add constraint cases_check CHECK ((closed_on >= opened_on));

alter table cases add constraint cases_pkey PRIMARY KEY (borrower_id, opened_on);

alter table contact_points add constraint contact_points_kind_check CHECK ((kind = ANY (ARRAY['mobile'::text, 'phone'::text, 'work_phone'::text, 'email'::text, 'address'::text])));

alter table contact_points add constraint contact_points_party_check CHECK ((party = ANY (ARRAY['debtor'::text, 'co_borrower'::text, 'guarantor'::text, 'contact_person'::text, 'employer'::text])));

alter table contact_points add constraint contact_points_pkey PRIMARY KEY (borrower_id, party, party_name, kind, value);

alter table currencies add constraint currencies_exponent_check CHECK (((exponent >= 0) AND (exponent <= 4)));

alter table currencies add constraint currencies_pkey PRIMARY KEY (currency);

alter table delinquencies add constraint delinquencies_began_as_check CHECK ((began_as = ANY (ARRAY['new'::text, 'roll_forward'::text, 'roll_back'::text])));

alter table delinquencies add constraint delinquencies_check CHECK ((valid_to > valid_from));

alter table delinquencies add constraint delinquencies_check1 CHECK (((valid_to IS NULL) = (ended_as IS NULL)));

alter table delinquencies add constraint delinquencies_ended_as_check CHECK ((ended_as = ANY (ARRAY['roll_forward'::text, 'roll_back'::text, 'cure'::text, 'reset'::text, 'closed'::text])));

alter table delinquencies add constraint delinquencies_pkey PRIMARY KEY (borrower_id, loan_no, valid_from);

alter table delinquency_corrections add constraint delinquency_corrections_pkey PRIMARY KEY (borrower_id, loan_no);

alter table events add constraint events_pkey PRIMARY KEY (borrower_id, event_id);

alter table instalments add constraint instalments_pkey PRIMARY KEY (borrower_id, loan_no, instalment_no);

alter table load_rejects add constraint load_rejects_load_id_fkey FOREIGN KEY (load_id) REFERENCES loads(load_id);

alter table load_rejects add constraint load_rejects_pkey PRIMARY KEY (load_id, line, column_name);

alter table loads add constraint loads_kind_check CHECK ((kind = ANY (ARRAY['loans'::text, 'borrowers'::text, 'contact-points'::text, 'payments'::text, 'instalments'::text])));

alter table loads add constraint loads_mode_check CHECK ((mode = ANY (ARRAY['full'::text, 'delta'::text])));

alter table loads add constraint loads_pkey PRIMARY KEY (load_id);

alter table loads add constraint loads_state_check CHECK ((state = ANY (ARRAY['applied'::text, 'held'::text, 'withdrawn'::text])));

alter table loan_kinds add constraint loan_kinds_pkey PRIMARY KEY (lender, product);

alter table loan_positions add constraint loan_positions_check CHECK ((valid_to > valid_from));

alter table loan_positions add constraint loan_positions_pkey PRIMARY KEY (borrower_id, loan_no, valid_from);

alter table loans add constraint loans_pkey PRIMARY KEY (borrower_id, loan_no);

alter table loans add constraint loans_status_check CHECK ((status = ANY (ARRAY['active'::text, 'charged_off'::text, 'closed'::text, 'sold'::text])));

alter table nightly_steps add constraint nightly_steps_as_of_fkey FOREIGN KEY (as_of) REFERENCES nights(as_of);

alter table nightly_steps add constraint nightly_steps_pkey PRIMARY KEY (as_of, step);

alter table nights add constraint nights_pkey PRIMARY KEY (as_of);

alter table payments add constraint payments_amount_minor_check CHECK ((amount_minor > 0));

alter table payments add constraint payments_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'reversal'::text])));

alter table payments add constraint payments_pkey PRIMARY KEY (borrower_id, payment_no);

alter table risk_class_edges add constraint risk_class_edges_check CHECK ((num_nonnulls(after_days, after_months) = 1));

alter table risk_class_edges add constraint risk_class_edges_pkey PRIMARY KEY (pack, card, secured, risk_class);

alter table risk_class_edges add constraint risk_class_edges_risk_class_check CHECK (((risk_class >= 2) AND (risk_class <= 5)));

alter table risk_classes add constraint risk_classes_check CHECK ((valid_to > valid_from));

alter table risk_classes add constraint risk_classes_pkey PRIMARY KEY (borrower_id, loan_no, valid_from);

alter table risk_classes add constraint risk_classes_risk_class_check CHECK (((risk_class >= 2) AND (risk_class <= 5)));

alter table schema_migrations add constraint schema_migrations_pkey PRIMARY KEY (name);

alter table settings add constraint settings_pkey PRIMARY KEY (lender, product, name, effective_from);

CREATE INDEX cases_open ON public.cases USING btree (borrower_id) WHERE (closed_on IS NULL);

CREATE INDEX delinquencies_by_end ON public.delinquencies USING btree (valid_to);

CREATE INDEX delinquencies_open ON public.delinquencies USING btree (borrower_id, loan_no) WHERE (valid_to IS NULL);

CREATE INDEX events_by_borrower_day ON public.events USING btree (borrower_id, as_of);

CREATE INDEX instalments_by_due_day ON public.instalments USING btree (due_on);

CREATE INDEX loads_by_day ON public.loads USING btree (kind, lender, as_of);

CREATE INDEX loan_positions_by_end ON public.loan_positions USING btree (valid_to);

CREATE INDEX loans_by_number ON public.loans USING btree (loan_no);

CREATE INDEX loans_past_due ON public.loans USING btree (oldest_due_on) WHERE (oldest_due_on IS NOT NULL);

CREATE INDEX payments_by_day ON public.payments USING btree (paid_on);

CREATE INDEX payments_by_loan ON public.payments USING btree (borrower_id, loan_no, paid_on);

CREATE INDEX payments_by_number ON public.payments USING btree (payment_no);

CREATE INDEX risk_classes_open ON public.risk_classes USING btree (borrower_id, loan_no) WHERE (valid_to IS NULL);

create view bucket_edges as
 SELECT e.lender,
    e.product,
    GREATEST(e.effective_from, o.effective_from) AS effective_from,
    LEAST(e.effective_to, o.effective_to) AS effective_to,
    edge.bucket,
    edge.from_days,
    edge.to_days,
    (edge.rank)::integer AS rank,
    ((o.value #>> '{}'::text[]))::integer AS day_origin
   FROM ((settings_in_force e
     JOIN settings_in_force o ON (((o.name = 'day_origin'::text) AND ((o.lender = e.lender) AND (o.product = e.product)) AND (o.effective_from < e.effective_to) AND (e.effective_from < o.effective_to))))
     CROSS JOIN LATERAL ROWS FROM(jsonb_to_recordset(e.value) AS (bucket text, from_days integer, to_days integer)) WITH ORDINALITY edge(bucket, from_days, to_days, rank))
  WHERE (e.name = 'bucket_edges'::text);

create view bucket_segments as
 SELECT p.borrower_id,
    p.loan_no,
    l.lender,
    l.product,
    l.currency,
    e.bucket,
    e.rank,
    GREATEST(p.valid_from, e.effective_from, ((p.oldest_due_on - e.day_origin) + e.from_days)) AS starts_on,
    LEAST(p.valid_to, e.effective_to, COALESCE((((p.oldest_due_on - e.day_origin) + e.to_days) + 1), 'infinity'::date)) AS ends_on,
    p.oldest_due_on,
    e.day_origin,
    p.outstanding_minor,
    p.past_due_minor
   FROM ((positions p
     JOIN loans l USING (borrower_id, loan_no))
     JOIN bucket_edges e ON (((e.lender = l.lender) AND (e.product = l.product))))
  WHERE ((p.oldest_due_on IS NOT NULL) AND (p.status = ANY (ARRAY['active'::text, 'charged_off'::text])) AND (GREATEST(p.valid_from, e.effective_from, ((p.oldest_due_on - e.day_origin) + e.from_days)) < LEAST(p.valid_to, e.effective_to, COALESCE((((p.oldest_due_on - e.day_origin) + e.to_days) + 1), 'infinity'::date))));

create view positions as
 SELECT loans.borrower_id,
    loans.loan_no,
    loans.position_from AS valid_from,
    'infinity'::date AS valid_to,
    loans.status,
    loans.outstanding_minor,
    loans.past_due_minor,
    loans.oldest_due_on
   FROM loans
UNION ALL
 SELECT loan_positions.borrower_id,
    loan_positions.loan_no,
    loan_positions.valid_from,
    loan_positions.valid_to,
    loan_positions.status,
    loan_positions.outstanding_minor,
    loan_positions.past_due_minor,
    loan_positions.oldest_due_on
   FROM loan_positions;

create view settings_in_force as
 WITH candidates AS (
         SELECT k.lender,
            k.product,
            s.name,
            s.effective_from,
            s.value,
            ((((s.product <> ''::text))::integer * 2) + ((s.lender <> ''::text))::integer) AS narrowness
           FROM (( SELECT loan_kinds.lender,
                    loan_kinds.product
                   FROM loan_kinds
                UNION
                 SELECT ''::text,
                    ''::text) k
             JOIN settings s ON ((((s.lender = ''::text) OR (s.lender = k.lender)) AND ((s.product = ''::text) OR (s.product = k.product)))))
        ), winners AS (
         SELECT c.lender,
            c.product,
            c.name,
            c.effective_from,
            c.value,
            c.narrowness
           FROM candidates c
          WHERE (NOT (EXISTS ( SELECT
                   FROM candidates n
                  WHERE ((n.lender = c.lender) AND (n.product = c.product) AND (n.name = c.name) AND (n.narrowness > c.narrowness) AND (n.effective_from <= c.effective_from)))))
        )
 SELECT lender,
    product,
    name,
    value,
    effective_from,
    lead(effective_from, 1, 'infinity'::date) OVER (PARTITION BY lender, product, name ORDER BY effective_from, narrowness) AS effective_to
   FROM winners;
