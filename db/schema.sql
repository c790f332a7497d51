-- Written by `amends migrate --dump-schema db/schema.sql`; the migrations are the source.

CREATE OR REPLACE FUNCTION public.agencies_seen()
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(NULLIF(current_setting('amends.agencies'::text, true), ''::text), '{}'::text))::text[];

CREATE OR REPLACE FUNCTION public.answers_about(borrower bigint)
 RETURNS SETOF refusals
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  return query select * from refusals_often r where r.borrower_id = borrower;
  if exists (select from asked_seldom a where a.borrower_id = borrower) then
    return query select * from refusals_seldom r where r.borrower_id = borrower;
  end if;
end $function$;

CREATE OR REPLACE FUNCTION public.asking_staff_id()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE(current_setting('amends.staff_id'::text, true), ''::text);

CREATE OR REPLACE FUNCTION public.audit_bytes(e audit_entries)
 RETURNS bytea
 LANGUAGE sql
 IMMUTABLE
RETURN sha256(convert_to((jsonb_build_array((e).entry_no, (EXTRACT(epoch FROM (e).at))::text, (e).staff_id, (e).action, (e).subject, (e).reason, (e).origin, (e).borrowers))::text, 'UTF8'::name));

CREATE OR REPLACE FUNCTION public.audit_digest(previous text, entries bytea)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE STRICT
RETURN encode(sha256((convert_to(previous, 'UTF8'::name) || entries)), 'hex'::text);

CREATE OR REPLACE FUNCTION public.borrower_id_of(lender text, borrower_no text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN hashtextextended(((lender || ''::text) || borrower_no), (0)::bigint);

CREATE OR REPLACE FUNCTION public.clock_changes(zone text, from_at timestamp with time zone, to_at timestamp with time zone)
 RETURNS SETOF timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT ROWS 1
BEGIN ATOMIC
 SELECT min(n.at) AS min
    FROM (generate_series(date_trunc('hour'::text, clock_changes.from_at, 'UTC'::text), clock_changes.to_at, '01:00:00'::interval) h(at)
      CROSS JOIN LATERAL generate_series(h.at, (h.at + '01:00:00'::interval), '00:01:00'::interval) n(at))
   WHERE ((((clock_changes.from_at AT TIME ZONE clock_changes.zone) - (clock_changes.from_at AT TIME ZONE 'UTC'::text)) <> ((clock_changes.to_at AT TIME ZONE clock_changes.zone) - (clock_changes.to_at AT TIME ZONE 'UTC'::text))) AND (((h.at AT TIME ZONE clock_changes.zone) - (h.at AT TIME ZONE 'UTC'::text)) <> (((h.at + '01:00:00'::interval) AT TIME ZONE clock_changes.zone) - ((h.at + '01:00:00'::interval) AT TIME ZONE 'UTC'::text))) AND (((n.at AT TIME ZONE clock_changes.zone) - (n.at AT TIME ZONE 'UTC'::text)) = (((h.at + '01:00:00'::interval) AT TIME ZONE clock_changes.zone) - ((h.at + '01:00:00'::interval) AT TIME ZONE 'UTC'::text))))
   GROUP BY h.at;
END;

CREATE OR REPLACE FUNCTION public.day_of_count(oldest_due_on date, day_origin integer, paused datemultirange, days integer)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN (paused IS NULL) THEN ((oldest_due_on - day_origin) + days) WHEN (days IS NULL) THEN NULL::date WHEN (NOT (range_merge(paused) <@ paused)) THEN day_of_paused_count(oldest_due_on, day_origin, paused, days) WHEN (((lower(paused) <= ((oldest_due_on - day_origin) + days)) AND (upper_inf(paused) OR (upper(paused) > ((oldest_due_on + 1) - day_origin)))) IS NOT TRUE) THEN ((oldest_due_on - day_origin) + days) WHEN upper_inf(paused) THEN 'infinity'::date ELSE (((oldest_due_on - day_origin) + days) + (upper(paused) - GREATEST(lower(paused), ((oldest_due_on + 1) - day_origin)))) END;

CREATE OR REPLACE FUNCTION public.day_of_paused_count(oldest_due_on date, day_origin integer, paused datemultirange, days integer)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 1
RETURN (SELECT CASE WHEN COALESCE(bool_or((pause.ends_on IS NULL)), false) THEN 'infinity'::date ELSE (((day_of_paused_count.oldest_due_on - day_of_paused_count.day_origin) + day_of_paused_count.days) + (COALESCE(sum((pause.ends_on - pause.starts_on)), (0)::bigint))::integer) END AS "case" FROM (SELECT lower(r.r) AS starts_on, upper(r.r) AS ends_on, ((lower(r.r) - ((day_of_paused_count.oldest_due_on + 1) - day_of_paused_count.day_origin)) - COALESCE(sum((upper(r.r) - lower(r.r))) OVER (ORDER BY r.r ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), (0)::bigint)) AS counted_before FROM unnest((day_of_paused_count.paused * datemultirange(daterange(((day_of_paused_count.oldest_due_on + 1) - day_of_paused_count.day_origin), NULL::date)))) r(r)) pause WHERE (pause.counted_before < day_of_paused_count.days));

CREATE OR REPLACE FUNCTION public.days_past_due(oldest_due_on date, day_origin integer, paused datemultirange, as_of date)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN (oldest_due_on IS NULL) THEN 0 WHEN (paused IS NULL) THEN GREATEST(((as_of - oldest_due_on) + day_origin), 0) ELSE GREATEST((((as_of - oldest_due_on) + day_origin) - days_paused(paused, ((oldest_due_on + 1) - day_origin), as_of)), 0) END;

CREATE OR REPLACE FUNCTION public.days_paused(paused datemultirange, first_on date, last_on date)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE COST 1
RETURN CASE WHEN (first_on <= last_on) THEN (SELECT (COALESCE(sum((upper(r.r) - lower(r.r))), (0)::bigint))::integer AS "coalesce" FROM unnest((days_paused.paused * datemultirange(daterange(days_paused.first_on, days_paused.last_on, '[]'::text)))) r(r)) ELSE 0 END;

CREATE OR REPLACE FUNCTION public.digits_reversed(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN reverse(regexp_replace(value, '\D'::text, ''::text, 'g'::text));

CREATE OR REPLACE FUNCTION public.facts_known_to(borrower bigint, proposal uuid)
 RETURNS jsonb
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  return (select k.facts from facts_known k where k.borrower_id = borrower and k.proposal_id = proposal);
end $function$;

CREATE OR REPLACE FUNCTION public.handed_to()
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN COALESCE(current_setting('amends.handed_to'::text, true), ''::text);

CREATE OR REPLACE FUNCTION public.is_asked(c rule_checks, law_on date, pack_versions text[], channel text, party text, purpose text, placed_by text, one_way boolean)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (((c).pack_version = ANY (pack_versions)) AND ((law_on >= (c).effective_from) AND (law_on <= (c).effective_to)) AND (((c).channels IS NULL) OR (channel = ANY ((c).channels))) AND (((c).not_channels IS NULL) OR (channel <> ALL ((c).not_channels))) AND (((c).parties IS NULL) OR (party = ANY ((c).parties)) OR (((c).check_kind = 'held'::text) AND (party <> 'debtor'::text))) AND (((c).not_parties IS NULL) OR (party <> ALL ((c).not_parties)) OR (((c).check_kind = 'held'::text) AND (party <> 'debtor'::text))) AND (((c).purposes IS NULL) OR (purpose = ANY ((c).purposes))) AND (((c).not_purposes IS NULL) OR (purpose <> ALL ((c).not_purposes))) AND (((c).placed_by_kind IS NULL) OR (split_part(placed_by, ':'::text, 1) = (c).placed_by_kind)) AND (((c).one_way IS NULL) OR (one_way = (c).one_way)));

CREATE OR REPLACE FUNCTION public.is_call_hour(at timestamp with time zone, opens time without time zone, closes time without time zone)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN ((opens IS NULL) OR (closes IS NULL) OR is_within(((at AT TIME ZONE 'UTC'::text))::time without time zone, opens, closes));

CREATE OR REPLACE FUNCTION public.is_inconvenient(local timestamp without time zone, days text[], from_time time without time zone, to_time time without time zone, until_on date)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (COALESCE(from_time, '00:00:00'::time without time zone) < COALESCE(to_time, '24:00:00'::time without time zone)) THEN (((local)::time without time zone >= COALESCE(from_time, '00:00:00'::time without time zone)) AND ((local)::time without time zone < COALESCE(to_time, '24:00:00'::time without time zone)) AND ((days IS NULL) OR (weekday(local) = ANY (days))) AND ((local)::date <= COALESCE(until_on, 'infinity'::date))) WHEN (from_time = to_time) THEN (((days IS NULL) OR (weekday(local) = ANY (days))) AND ((local)::date <= COALESCE(until_on, 'infinity'::date))) ELSE ((((local)::time without time zone >= from_time) AND ((days IS NULL) OR (weekday(local) = ANY (days))) AND ((local)::date <= COALESCE(until_on, 'infinity'::date))) OR (((local)::time without time zone < to_time) AND ((days IS NULL) OR (weekday((local - '1 day'::interval)) = ANY (days))) AND (((local)::date - 1) <= COALESCE(until_on, 'infinity'::date)))) END;

CREATE OR REPLACE FUNCTION public.is_locked_here(of_borrower bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE
RETURN (EXISTS (SELECT FROM borrowers b WHERE ((b.borrower_id = is_locked_here.of_borrower) AND (((pg_current_xact_id())::xid = b.xmax) OR ((pg_current_xact_id())::xid = b.xmin)))));

CREATE OR REPLACE FUNCTION public.is_open(at timestamp with time zone, zones text[], opens time without time zone, closes time without time zone, closing_in boolean, agreed_from time without time zone, agreed_to time without time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NOT (EXISTS (SELECT FROM (unnest(is_open.zones) z(z) CROSS JOIN LATERAL (SELECT ((is_open.at AT TIME ZONE z.z))::time without time zone AS local) l) WHERE (NOT (is_within(l.local, is_open.opens, is_open.closes) OR (is_open.closing_in AND (l.local = is_open.closes)) OR COALESCE(is_within(l.local, is_open.agreed_from, is_open.agreed_to), false))))));

CREATE OR REPLACE FUNCTION public.is_same_address(a text, b text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ((a ~ '^[+0-9 ().-]+$'::text) AND (b ~ '^[+0-9 ().-]+$'::text)) THEN ((LEAST(length(number_reversed(a)), length(number_reversed(b))) >= 7) AND (starts_with(number_reversed(a), number_reversed(b)) OR starts_with(number_reversed(b), number_reversed(a)))) ELSE (lower(a) = lower(b)) END;

CREATE OR REPLACE FUNCTION public.is_what_the_rules_allow(of_borrower bigint, of_verdict uuid, of_at timestamp with time zone, of_channel text, of_debts text[], of_party text, of_party_id text, of_address text, of_placed_by text, of_purpose text, of_packs text[], of_asked jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  return exists (
    select
      from contact_proposals p
      join proposal_contexts c on c.borrower_id = p.borrower_id and c.proposal_id = p.proposal_id
     where p.borrower_id = of_borrower
       and p.proposal_id = of_verdict
       and to_jsonb(p) = to_jsonb(c)
       and to_jsonb(p) - 'asks' = of_asked
       and (p.at, p.channel, p.debts, p.party, p.party_id, p.address)
         = (of_at, of_channel, of_debts, of_party, of_party_id, of_address)
       and (p.placed_by, p.purpose, p.pack_versions) = (of_placed_by, of_purpose, of_packs)
  ) and not exists (
    select from contact_attempts a where a.borrower_id = of_borrower and a.at > of_at
  ) and not exists (
    select from answers_about(of_borrower) r where r.proposal_id = of_verdict and r.blocks
  );
end $function$;

CREATE OR REPLACE FUNCTION public.is_within(t time without time zone, opens time without time zone, closes time without time zone)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (opens < closes) THEN ((t >= opens) AND (t < closes)) WHEN (opens > closes) THEN ((t >= opens) OR (t < closes)) ELSE false END;

CREATE OR REPLACE FUNCTION public.last_word(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(regexp_replace(name, '^.*\s'::text, ''::text));

CREATE OR REPLACE FUNCTION public.lenders_seen()
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(NULLIF(current_setting('amends.lenders'::text, true), ''::text), '{}'::text))::text[];

CREATE OR REPLACE FUNCTION public.local_minute(at timestamp with time zone, zone text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT
RETURN to_char((at AT TIME ZONE zone), 'YYYY-MM-DD"T"HH24:MI'::text);

CREATE OR REPLACE FUNCTION public.may(permission text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (permission = ANY ((COALESCE(NULLIF(current_setting('amends.permissions'::text, true), ''::text), '{}'::text))::text[]));

CREATE OR REPLACE FUNCTION public.may_see_people()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (may('borrowers.read'::text) OR may('contacts.write'::text) OR may('payments.write'::text));

CREATE OR REPLACE FUNCTION public.next_convenient_minute(from_at timestamp with time zone, zones text[], day_zone text, times inconvenient_time[])
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (SELECT next_minute(min(m.at), next_convenient_minute.day_zone) AS next_minute FROM unnest(next_convenient_minute.times) k(days, from_time, to_time, until_on), unnest(next_convenient_minute.zones) z(z), (LATERAL (VALUES (((next_convenient_minute.from_at AT TIME ZONE next_convenient_minute.day_zone))::date), ((NULLIF(k.until_on, 'infinity'::date) + 1))) d(day) CROSS JOIN LATERAL (SELECT ((((d.day + n.n) + e.edge) AT TIME ZONE z.z) - s.shift) AS at FROM generate_series('-1'::integer, 8) n(n), (VALUES ('00:00:00'::time without time zone), (k.to_time)) e(edge), (VALUES ('00:00:00'::interval), ('00:30:00'::interval), ('01:00:00'::interval)) s(shift) UNION ALL SELECT clock_changes(z.z, (((d.day - 1) AT TIME ZONE 'UTC'::text))::timestamp with time zone, (((d.day + 9) AT TIME ZONE 'UTC'::text))::timestamp with time zone) AS clock_changes) m) WHERE ((m.at >= next_convenient_minute.from_at) AND (NOT (EXISTS (SELECT FROM unnest(next_convenient_minute.times) y(days, from_time, to_time, until_on), unnest(next_convenient_minute.zones) x(x) WHERE is_inconvenient((m.at AT TIME ZONE x.x), y.days, y.from_time, y.to_time, y.until_on))))));

CREATE OR REPLACE FUNCTION public.next_minute(at timestamp with time zone, zone text)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE STRICT
RETURN (SELECT (to_char(l.local, 'YYYY-MM-DD"T"HH24:MI'::text) || CASE WHEN (EXISTS (SELECT FROM (VALUES ('01:00:00'::interval), ('-01:00:00'::interval), ('00:30:00'::interval), ('-00:30:00'::interval)) s(shift) WHERE (((m.at + s.shift) AT TIME ZONE next_minute.zone) = l.local))) THEN (CASE WHEN (o.ahead < '00:00:00'::interval) THEN '-'::text ELSE '+'::text END || to_char(GREATEST(o.ahead, (- o.ahead)), 'HH24:MI'::text)) ELSE ''::text END) FROM (((SELECT date_trunc('minute'::text, (next_minute.at + '00:00:59.999999'::interval), 'UTC'::text) AS at) m CROSS JOIN LATERAL (SELECT (m.at AT TIME ZONE next_minute.zone) AS local) l) CROSS JOIN LATERAL (SELECT (l.local - (m.at AT TIME ZONE 'UTC'::text)) AS ahead) o));

CREATE OR REPLACE FUNCTION public.next_open_minute(from_at timestamp with time zone, zones text[], day_zone text, opens time without time zone, closes time without time zone, closing_in boolean, agreed_from time without time zone, agreed_to time without time zone)
 RETURNS text
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (SELECT next_minute(min(m.at), next_open_minute.day_zone) AS next_minute FROM (SELECT ((((((next_open_minute.from_at AT TIME ZONE z.z))::date + n.n) + e.edge) AT TIME ZONE z.z) - s.shift) AS at FROM unnest(next_open_minute.zones) z(z), generate_series(0, 3) n(n), (VALUES (next_open_minute.opens), (next_open_minute.agreed_from)) e(edge), (VALUES ('00:00:00'::interval), ('00:30:00'::interval), ('01:00:00'::interval)) s(shift) UNION ALL SELECT clock_changes(z.z, next_open_minute.from_at, (next_open_minute.from_at + '4 days'::interval)) AS clock_changes FROM unnest(next_open_minute.zones) z(z)) m WHERE ((m.at >= next_open_minute.from_at) AND is_open(m.at, next_open_minute.zones, next_open_minute.opens, next_open_minute.closes, next_open_minute.closing_in, next_open_minute.agreed_from, next_open_minute.agreed_to)));

CREATE OR REPLACE FUNCTION public.number_reversed(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN rtrim(digits_reversed(value), '0'::text);

CREATE OR REPLACE FUNCTION public.portfolios_seen()
 RETURNS jsonb
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(NULLIF(current_setting('amends.portfolios'::text, true), ''::text), '[]'::text))::jsonb;

CREATE OR REPLACE FUNCTION public.portfolios_worked()
 RETURNS portfolio[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN ARRAY(SELECT ROW(p.lender, p.product, p.branch)::portfolio AS "row" FROM jsonb_to_recordset(portfolios_seen()) p(lender text, product text, branch text));

CREATE OR REPLACE FUNCTION public.refusals_of(borrower bigint)
 RETURNS SETOF refusals
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  insert into contact_proposals select c.* from proposal_contexts c where c.borrower_id = borrower;
  return query select * from answers_about(borrower);
end $function$;

CREATE OR REPLACE FUNCTION public.refuse_alteration()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  has_rows boolean := true;
begin
  -- a restore empties every table of a fresh database first
  if tg_op = 'TRUNCATE' then
    execute format('select exists (select from %I)', tg_table_name) into has_rows;
  end if;
  if has_rows then
    raise exception 'The audit log is only ever added to.';
  end if;
  return null;
end $function$;

CREATE OR REPLACE FUNCTION public.rules_broken_by(borrower bigint)
 RETURNS SETOF rules_broken
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  return query
  select f.borrower_id, j.contact_id, coalesce(f.pack_version, ''), f.rule_id, j.cause, jsonb_agg(f.evidence)
    from answers_about(borrower) f
    join judged_contacts j on j.borrower_id = f.borrower_id and j.proposal_id = f.proposal_id
   where f.blocks
   group by f.borrower_id, j.contact_id, f.pack_version, f.rule_id, j.cause;
end $function$;

CREATE OR REPLACE FUNCTION public.sees_all()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(current_setting('amends.sees_all'::text, true), ''::text) = 'on'::text);

CREATE OR REPLACE FUNCTION public.sees_colleagues()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN ((COALESCE(current_setting('amends.colleagues'::text, true), ''::text) = 'on'::text) OR may('staff.read'::text));

CREATE OR REPLACE FUNCTION public.sees_single_borrowers()
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN ((portfolios_seen() <> '[]'::jsonb) OR (agencies_seen() <> '{}'::text[]) OR (handed_to() <> ''::text));

CREATE OR REPLACE FUNCTION public.stands_on_its_verdict(of_borrower bigint, of_verdict uuid, of_attempt uuid, of_decided_at timestamp with time zone, of_channel text, of_debts text[], of_party text, of_party_id text, of_address text, of_placed_by text, of_purpose text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  return exists (
    select
      from verdicts v
     where v.borrower_id = of_borrower
       and v.verdict_id = of_verdict
       and v.attempt_id = of_attempt
       and v.allowed
       and (v.decided_at, v.channel, v.debts, v.party, v.party_id, v.address, v.placed_by, v.purpose)
         = (of_decided_at, of_channel, of_debts, of_party, of_party_id, of_address, of_placed_by, of_purpose)
       and (v.given_in = pg_current_xact_id()
            or exists (
              select from contact_attempts a
               where a.borrower_id = of_borrower
                 and a.attempt_id = of_attempt)));
end $function$;

CREATE OR REPLACE FUNCTION public.teams_seen()
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (COALESCE(NULLIF(current_setting('amends.teams'::text, true), ''::text), '{}'::text))::text[];

CREATE OR REPLACE FUNCTION public.to_decimal(minor numeric, exponent integer)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (round((minor / ((10)::numeric ^ (exponent)::numeric)), exponent))::text;

CREATE OR REPLACE FUNCTION public.weekday(local timestamp without time zone)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (ARRAY['mon'::text, 'tue'::text, 'wed'::text, 'thu'::text, 'fri'::text, 'sat'::text, 'sun'::text])[(EXTRACT(isodow FROM local))::integer];

create table affordability_statements (
  borrower_id bigint not null,
  stated_on date not null,
  currency text not null,
  lines jsonb not null,
  income_minor bigint not null,
  expenditure_minor bigint not null,
  dependants integer not null default 0,
  recorded_by text not null,
  recorded_at timestamp with time zone not null
);

create table agency_standings (
  agency text not null,
  recorded_at timestamp with time zone not null,
  licensed_until date,
  secrecy_until date,
  evaluated_on date,
  barred_reason text,
  recorded_by text not null,
  at timestamp with time zone,
  judged_at timestamp with time zone
);

create table agreed_windows (
  borrower_id bigint not null,
  window_id uuid not null default gen_random_uuid(),
  party text not null default 'debtor'::text,
  party_id text not null default ''::text,
  from_time time without time zone not null,
  to_time time without time zone not null,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table agreements (
  borrower_id bigint not null,
  agreement_no uuid not null default gen_random_uuid(),
  loan_no text not null,
  plan_no integer not null,
  layout integer not null,
  language text not null,
  contents jsonb not null,
  sha256 text not null,
  drawn_at timestamp with time zone not null,
  drawn_by text not null
);

create table allocation_orders (
  pack text not null default ''::text,
  lender text not null default ''::text,
  product text not null default ''::text,
  asset_state text not null default ''::text,
  from_days integer not null default 0,
  effective_from date not null,
  rule jsonb not null,
  clause text not null
);

create table approvals (
  borrower_id bigint not null,
  subject text not null,
  approved_by text not null,
  level text not null,
  approved_at timestamp with time zone not null,
  approved boolean not null,
  reason text not null
);

create table asked_contacts (
  borrower_id bigint not null,
  proposal_id uuid not null,
  at timestamp with time zone not null,
  stage text not null,
  channel text not null,
  debts text[] not null,
  party text not null,
  party_id text not null,
  address text not null,
  place text,
  purpose text not null,
  placed_by text not null,
  staff_id text,
  visitors integer,
  automated boolean not null,
  one_way boolean not null,
  contact_id uuid,
  template text not null,
  free_text boolean not null,
  claim_parts text[]
);

create table audit_entries (
  entry_no bigint not null generated always as identity,
  at timestamp with time zone not null,
  staff_id text not null,
  action text not null,
  subject text not null,
  reason text,
  origin text not null,
  borrowers bigint[] not null default '{}'::bigint[]
);

create table audit_seals (
  as_of date not null,
  from_no bigint not null,
  to_no bigint not null,
  entries bigint not null,
  previous text not null,
  digest text not null
);

create table authority_grids (
  grid_version text not null,
  effective_from date not null,
  published_by text not null,
  source text not null
);

create table authority_limits (
  staff_id text not null,
  what text not null,
  currency text not null default ''::text,
  limit_units bigint not null,
  from_on date not null,
  to_on date not null default 'infinity'::date,
  given_by text not null
);

create table authority_rules (
  grid_version text not null,
  level text not null,
  what text not null,
  lender text not null default ''::text,
  product text not null default ''::text,
  agency text not null default ''::text,
  from_days integer not null default 0,
  to_days integer,
  charged_off boolean,
  balance_to_units bigint,
  limit_units integer not null,
  concessions_max integer,
  term_days_max integer
);

create table balance_differences (
  borrower_id bigint not null,
  loan_no text not null,
  as_of date not null,
  currency text not null,
  before_minor bigint not null,
  moved_minor bigint not null,
  expected_minor bigint not null,
  stated_minor bigint not null,
  limit_minor bigint not null,
  explained_at timestamp with time zone,
  explained_by text,
  explanation text
);

create table bank_statements (
  sha256 text not null,
  format text not null,
  lender text not null,
  account_no text not null,
  statement_no text not null,
  currency text not null,
  closed_on date not null,
  opening_minor bigint not null,
  closing_minor bigint not null,
  lines integer not null,
  loaded_at timestamp with time zone not null,
  loaded_by text not null
);

create table borrower_packs (
  borrower_id bigint not null,
  pack text not null,
  from_on date not null,
  to_on date not null default 'infinity'::date,
  recorded_by text not null,
  reason text not null
);

create table borrowers (
  borrower_id bigint not null,
  lender text not null,
  borrower_no text not null,
  name text,
  kind text,
  national_id text,
  born_on date,
  occupation text,
  monthly_income numeric,
  employer text,
  language text,
  country text,
  time_zones text[] not null default '{}'::text[],
  vulnerable text,
  deceased_on date,
  extra jsonb,
  row_digest bigint
);

create table bucket_edges (
  lender text not null,
  product text not null,
  effective_from date not null,
  effective_to date not null,
  bucket text not null,
  rank integer not null,
  from_days integer not null,
  to_days integer,
  day_origin integer not null,
  grace_days integer not null
);

create table cases (
  borrower_id bigint not null,
  opened_on date not null,
  closed_on date
);

create table claim_parts (
  borrower_id bigint not null,
  claim_part_id uuid not null default gen_random_uuid(),
  debt text not null,
  part text not null,
  limitation_from date,
  limitation_ends_on date,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table consent_revocations (
  borrower_id bigint not null,
  revocation_id uuid not null default gen_random_uuid(),
  channel text,
  address text not null default ''::text,
  debts text[],
  party text not null default 'debtor'::text,
  party_id text not null default ''::text,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table consents (
  borrower_id bigint not null,
  consent_id uuid not null default gen_random_uuid(),
  channel text,
  address text not null default ''::text,
  debts text[],
  party text not null default 'debtor'::text,
  party_id text not null default ''::text,
  given_to text not null default 'lender'::text,
  on_dates date[],
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table contact_attempts (
  borrower_id bigint not null,
  attempt_id uuid not null default gen_random_uuid(),
  verdict_id uuid not null,
  allowed boolean not null default true,
  decided_at timestamp with time zone not null,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  channel text not null,
  debts text[] not null,
  party text not null,
  party_id text not null,
  address text not null,
  placed_by text not null,
  purpose text not null,
  place text,
  automated boolean not null default false,
  one_way boolean not null default false,
  outcome text,
  conversation_debts text[],
  outcome_recorded_at timestamp with time zone,
  note text
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

create table contact_proposals (
  borrower_id bigint not null,
  proposal_id uuid not null default gen_random_uuid(),
  at timestamp with time zone not null,
  known_at timestamp with time zone not null default 'infinity'::timestamp with time zone,
  law_on date not null,
  pack_versions text[] not null,
  of_lender text not null default ''::text,
  products text[] not null default '{}'::text[],
  zones text[] not null default '{}'::text[],
  zone_doubtful boolean not null default false,
  channel text not null,
  debts text[] not null,
  party text not null default 'debtor'::text,
  party_id text not null default ''::text,
  address text not null default ''::text,
  place text,
  purpose text not null default 'collect'::text,
  placed_by text not null default 'lender'::text,
  staff_id text,
  stage text not null default 'dispatch'::text,
  visitors integer,
  automated boolean not null default false,
  one_way boolean not null default false,
  contact_id uuid,
  template text not null default ''::text,
  free_text boolean not null default false,
  claim_parts text[],
  asks bit varying,
  as_read jsonb
);

create table currencies (
  currency text not null,
  exponent integer not null,
  ten_thousandths bigint not null generated always as ((((10)::numeric ^ ((4 - exponent))::numeric))::bigint) stored
);

create table debt_traits (
  borrower_id bigint not null,
  debt text not null,
  recorded_at timestamp with time zone not null,
  superseded_at timestamp with time zone,
  product text,
  represented boolean not null default false,
  account text,
  limitation_from date,
  limitation_ends_on date,
  trait_id uuid not null default gen_random_uuid(),
  at timestamp with time zone,
  ordinal integer not null default 0,
  recorded_by text not null default 'unknown'::text,
  reason text not null default ''::text
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
  from_on date not null,
  taken boolean not null default false
);

create table disputed_instalments (
  borrower_id bigint not null,
  loan_no text not null,
  instalment_no integer not null,
  disputed_on date not null,
  reason text not null,
  recorded_by text not null,
  outcome text,
  decided_on date,
  decided_by text,
  decision text
);

create table disputed_parts (
  borrower_id bigint not null,
  loan_no text not null,
  part text not null,
  amount_minor bigint not null,
  disputed_on date not null,
  reason text not null,
  recorded_by text not null,
  outcome text,
  decided_on date,
  decided_by text,
  decision text
);

create table entered_movements (
  borrower_id bigint not null,
  loan_no text not null,
  movement_no text not null,
  kind text not null,
  undoes text,
  on_date date not null,
  currency text not null,
  amount_minor bigint not null,
  reason text not null,
  entered_on date not null,
  entered_by text not null,
  level_needed text,
  posted_on date,
  rejected_on date
);

create table entries (
  borrower_id bigint not null,
  loan_no text not null,
  movement_no text not null,
  account text not null,
  amount_minor bigint not null
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

create table handovers (
  borrower_id bigint not null,
  handover_id uuid not null default gen_random_uuid(),
  lender text not null,
  staff_id text not null,
  reason text not null,
  handed_at timestamp with time zone not null,
  handed_by text not null,
  ended_at timestamp with time zone,
  ended_by text
);

create table hardship_requests (
  borrower_id bigint not null,
  request_no integer not null,
  loan_nos text[],
  asked_on date not null,
  channel text not null,
  recorded_by text not null,
  cause text not null,
  statement text not null,
  evidence jsonb not null default '[]'::jsonb,
  vulnerability text not null default 'none'::text,
  decide_by date not null,
  outcome text,
  decided_on date,
  decided_by text,
  decision text
);

create table hold_releases (
  borrower_id bigint not null,
  release_id uuid not null default gen_random_uuid(),
  kind text not null,
  debts text[],
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null,
  party text not null default 'debtor'::text,
  party_id text not null default ''::text
);

create table holds (
  borrower_id bigint not null,
  hold_id uuid not null default gen_random_uuid(),
  kind text not null,
  variant text not null default 'standard'::text,
  debts text[],
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  sent_on date,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null,
  party text not null default 'debtor'::text,
  party_id text not null default ''::text
);

create table house_exceptions (
  exception_id uuid not null default gen_random_uuid(),
  rule_id text not null,
  lender text not null default ''::text,
  product text not null default ''::text,
  from_on date not null,
  to_on date not null,
  reason text not null,
  signed_by text not null,
  signed_role text not null,
  signed_at timestamp with time zone not null
);

create table idempotency_keys (
  staff_id text not null,
  request_key text not null,
  sha256 text not null,
  asked_at timestamp with time zone not null,
  status integer,
  answer text,
  content_type text
);

create table incidents (
  borrower_id bigint not null,
  contact_id uuid not null,
  pack_version text not null,
  rule_id text not null,
  found_at timestamp with time zone not null,
  cause text not null,
  evidence jsonb not null,
  closed_at timestamp with time zone,
  closed_by text,
  closing_note text
);

create table inconveniences (
  borrower_id bigint not null,
  inconvenience_id uuid not null default gen_random_uuid(),
  party text,
  party_id text not null default ''::text,
  days text[],
  from_time time without time zone,
  to_time time without time zone,
  until_on date,
  place text,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
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

create table known_zones (
  zone text not null
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
  lenders text[] not null,
  as_of date not null,
  mode text not null,
  file_name text not null,
  file_path text not null,
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
  notes jsonb not null default '{}'::jsonb,
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
  lender text not null,
  product text not null,
  currency text not null,
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
  line_digest bigint
);

create table machine_tokens (
  token_id uuid not null default gen_random_uuid(),
  name text not null,
  sha256 text not null,
  permissions text[] not null,
  lenders text[] not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  expires_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  ended_by text
);

create table moved_positions (
  borrower_id bigint not null,
  loan_no text not null,
  valid_from date not null,
  valid_to date not null,
  position_from date not null,
  outstanding_minor bigint not null,
  past_due_minor bigint not null,
  oldest_due_on date
);

create table movement_kinds (
  kind text not null,
  debit text not null,
  credit text not null,
  reason text not null
);

create table movements (
  borrower_id bigint not null,
  loan_no text not null,
  movement_no text not null,
  kind text not null,
  on_date date not null,
  entered_on date not null,
  currency text not null,
  amount_minor bigint not null,
  part text,
  actor text not null,
  reason text
);

create table nightly_parts (
  as_of date not null,
  step text not null,
  part integer not null,
  of integer not null,
  rows bigint not null
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

create table notices_given (
  borrower_id bigint not null,
  notice_id uuid not null default gen_random_uuid(),
  kind text not null,
  debts text[],
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table notices_returned (
  borrower_id bigint not null,
  return_id uuid not null default gen_random_uuid(),
  kind text,
  debts text[],
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table opt_outs (
  borrower_id bigint not null,
  opt_out_id uuid not null default gen_random_uuid(),
  party text,
  party_id text not null default ''::text,
  channel text,
  address text not null default ''::text,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table outside_contacts (
  borrower_id bigint not null,
  contact_id uuid not null default gen_random_uuid(),
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  source_no text,
  direction text not null,
  channel text not null,
  debts text[],
  party text not null default 'debtor'::text,
  party_id text not null default ''::text,
  address text not null default ''::text,
  placed_by text not null default 'lender'::text,
  purpose text not null default 'collect'::text,
  place text,
  automated boolean not null default false,
  one_way boolean not null default false,
  outcome text,
  conversation_debts text[],
  outcome_recorded_at timestamp with time zone,
  visitors integer,
  judged_at timestamp with time zone
);

create table pack_retentions (
  pack_version text not null,
  rule_id text not null,
  what text not null,
  months integer not null,
  anchor text not null,
  products text[]
);

create table pack_rules (
  pack_version text not null,
  rule_id text not null,
  rule text not null,
  parameters text not null,
  scope text not null,
  force text not null,
  modality text,
  blocks boolean not null,
  source text not null,
  mark text not null,
  for_counsel boolean not null,
  effective_from date not null default '-infinity'::date,
  effective_to date not null default 'infinity'::date,
  records_on text[],
  says text,
  says_on text[],
  banned_phrases text[],
  is_decided boolean not null,
  says_later text,
  says_to text[],
  says_not_to text[],
  says_for text[]
);

create table packs (
  pack_version text not null,
  pack text not null,
  version text not null,
  title text not null,
  own_zone text,
  in_use boolean not null,
  applies_from date not null default '-infinity'::date,
  loaded_at timestamp with time zone not null,
  sha256 text not null
);

create table party_places (
  borrower_id bigint not null,
  place_id uuid not null default gen_random_uuid(),
  party text not null,
  party_id text not null default ''::text,
  zones text[] not null,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table pauses (
  borrower_id bigint not null,
  loan_no text not null,
  pause_no integer not null,
  from_on date not null,
  to_on date,
  reason text not null,
  granted_on date not null,
  granted_by text not null,
  resumed_on date,
  resumed_why text,
  resumed_by text,
  resumption_recorded_on date
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

create table placements (
  borrower_id bigint not null,
  placement_id uuid not null default gen_random_uuid(),
  lender text not null,
  agency text not null,
  reason text not null,
  placed_at timestamp with time zone not null,
  placed_by text not null,
  recalled_at timestamp with time zone,
  recalled_by text,
  recall_reason text
);

create table plan_instalments (
  borrower_id bigint not null,
  loan_no text not null,
  plan_no integer not null,
  no integer not null,
  due_on date not null,
  moved_from date,
  principal_minor bigint not null,
  interest_minor bigint not null,
  due_so_far_minor bigint not null,
  cure_until date not null
);

create table planned_contacts (
  borrower_id bigint not null,
  planned_id uuid not null default gen_random_uuid(),
  planned_at timestamp with time zone not null,
  at timestamp with time zone not null,
  channel text not null,
  debts text[] not null,
  party text not null default 'debtor'::text,
  party_id text not null default ''::text,
  address text not null default ''::text,
  placed_by text not null default 'lender'::text,
  purpose text not null default 'collect'::text,
  why text not null,
  worked_by text not null,
  cancelled_at timestamp with time zone,
  cancelled_by uuid
);

create table planned_refusals (
  borrower_id bigint not null,
  planned_id uuid not null,
  rule_id text not null,
  pack_version text not null,
  checked_on date not null,
  source text not null,
  evidence jsonb not null,
  next_allowed_at text
);

create table plans (
  borrower_id bigint not null,
  loan_no text not null,
  plan_no integer not null,
  currency text not null,
  shape text not null,
  terms jsonb not null,
  principal_minor bigint not null,
  total_minor bigint not null,
  cure_days integer not null,
  level_needed text not null,
  is_within_authority boolean not null,
  proposed_on date not null,
  proposed_by text not null,
  agreed_on date,
  agreed_by text,
  how_agreed text,
  outcome text,
  ended_on date,
  paid_minor bigint not null default 0,
  replaces_plan_no integer,
  reason text,
  owed_minor bigint
);

create table portal_sessions (
  borrower_id bigint not null,
  session_id uuid not null default gen_random_uuid(),
  state text not null,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null
);

create table promise_rejudgements (
  borrower_id bigint not null,
  loan_no text not null,
  promise_no integer not null,
  as_of date not null,
  was text not null,
  was_minor bigint not null,
  now_is text,
  now_minor bigint not null
);

create table promises (
  borrower_id bigint not null,
  loan_no text not null,
  promise_no integer not null,
  instalment_no integer,
  made_on date not null,
  due_on date not null,
  counts_until date not null,
  currency text not null,
  promised_minor bigint not null,
  one_of_several boolean not null default false,
  enough_minor bigint not null,
  channel text not null,
  taken_by text not null,
  outcome text,
  judged_on date,
  paid_minor bigint,
  replaced_on date,
  reason text,
  taken_at timestamp with time zone
);

create table quotes (
  borrower_id bigint not null,
  loan_no text not null,
  quote_no integer not null,
  currency text not null,
  for_on date not null,
  good_until date not null,
  total_minor bigint not null,
  answer jsonb not null,
  terms jsonb not null,
  asked_at timestamp with time zone not null,
  asked_by text not null
);

create table rate_caps (
  pack text not null,
  is_card boolean not null,
  effective_from date not null,
  kind text not null,
  yearly numeric not null,
  clause text not null,
  clause_zh_hans text not null,
  clause_zh_hant text not null
);

create table rest_days (
  pack text not null,
  day date not null,
  is_worked boolean not null
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

create table rule_checks (
  pack_version text not null,
  rule_id text not null,
  ordinal integer not null,
  check_kind text not null,
  own_zone text,
  house boolean not null,
  effective_from date not null,
  effective_to date not null,
  channels text[],
  not_channels text[],
  parties text[],
  not_parties text[],
  purposes text[],
  not_purposes text[],
  products text[],
  not_products text[],
  places text[],
  not_places text[],
  placed_by_kind text,
  one_way boolean,
  opens time without time zone,
  closes time without time zone,
  closing_in boolean not null default false,
  calls_max integer,
  days integer,
  minutes integer,
  outcomes text[],
  count_key text,
  consent_lifts boolean not null default false,
  hold text,
  variant text,
  days_max integer,
  months_max integer,
  days_after_release integer,
  permits_reply boolean not null default false,
  notice text,
  visitors_min integer,
  years integer,
  years_longest integer,
  restarted_by text[],
  claim_part text,
  check_no integer not null generated always as identity,
  counted text[],
  receipt_days integer
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

create table settlements (
  borrower_id bigint not null,
  loan_no text not null,
  settlement_no integer not null,
  currency text not null,
  balance_minor bigint not null,
  offer_minor bigint not null,
  prompt_minor bigint,
  prompt_by date,
  pay_by date not null,
  carry_on_minor bigint not null,
  grid_version text not null,
  level_needed text not null,
  is_within_authority boolean not null,
  offered_on date not null,
  offered_by text not null,
  expires_on date not null,
  reason text,
  accepted_on date,
  accepted_by text,
  outcome text,
  ended_on date,
  paid_minor bigint not null default 0,
  forgiven_minor bigint not null default 0,
  judged_on date,
  paid_before_minor bigint not null default 0,
  owed_minor bigint
);

create table sign_in_attempts (
  attempt_id uuid not null default gen_random_uuid(),
  email text not null,
  at timestamp with time zone not null,
  succeeded boolean not null,
  origin text not null
);

create table sign_in_methods (
  id text not null,
  staff_id text not null,
  provider_id text not null,
  account_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  scope text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table sign_in_passkeys (
  id text not null,
  staff_id text not null,
  name text,
  credential_id text not null,
  public_key text not null,
  counter bigint not null,
  device_type text not null,
  backed_up boolean not null,
  transports text,
  aaguid text,
  created_at timestamp with time zone
);

create table sign_in_second_factors (
  id text not null,
  staff_id text not null,
  secret text not null,
  backup_codes text not null,
  verified boolean not null default false,
  failed_verification_count integer not null default 0,
  locked_until timestamp with time zone
);

create table sign_in_sessions (
  id text not null,
  token text not null,
  staff_id text not null,
  expires_at timestamp with time zone not null,
  ip_address text,
  user_agent text,
  came_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table sign_in_verifications (
  id text not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table staff (
  id text not null,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  two_factor_enabled boolean not null default false,
  second_factor_required boolean not null default true,
  language text not null default 'en'::text,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table staff_departures (
  staff_id text not null,
  at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table staff_roles (
  staff_id text not null,
  role text not null,
  given_at timestamp with time zone not null,
  given_by text not null,
  ended_at timestamp with time zone,
  ended_by text
);

create table statement_lines (
  sha256 text not null,
  line_no integer not null,
  lender text not null,
  booked_on date not null,
  amount_minor bigint not null,
  currency text not null,
  entry_reference text,
  reference text not null,
  payer text,
  virtual_account text,
  matched_by text,
  confidence integer,
  suggestions jsonb not null default '[]'::jsonb,
  waits_because text,
  outcome text,
  payment_no text,
  cleared_at timestamp with time zone,
  cleared_by text,
  note text
);

create table stop_notices (
  borrower_id bigint not null,
  stop_id uuid not null,
  worked_by text not null,
  acknowledged_at timestamp with time zone,
  acknowledged_by text
);

create table stops (
  borrower_id bigint not null,
  stop_id uuid not null default gen_random_uuid(),
  cause text not null,
  cause_no text not null,
  debts text[],
  at timestamp with time zone not null,
  stopped_by text not null
);

create table tape_confirmations (
  borrower_id bigint not null,
  loan_no text not null,
  as_of date not null
);

create table team_members (
  team_id text not null,
  staff_id text not null,
  joined_at timestamp with time zone not null,
  left_at timestamp with time zone
);

create table team_portfolios (
  team_id text not null,
  lender text not null,
  product text not null default ''::text,
  branch text not null default ''::text
);

create table teams (
  team_id text not null,
  name text not null,
  agency text,
  version integer not null default 1
);

create table template_approvals (
  template text not null,
  version integer not null,
  from_on date not null,
  to_on date not null default 'infinity'::date,
  approved_by text not null,
  approved_at timestamp with time zone not null,
  reason text not null
);

create table template_withdrawals (
  template text not null,
  version integer not null,
  withdrawn_at timestamp with time zone not null,
  withdrawn_by text not null,
  reason text not null
);

create table text_templates (
  template text not null,
  version integer not null,
  channel text not null,
  language text not null,
  packs text[] not null,
  body text not null,
  written_by text not null,
  written_at timestamp with time zone not null
);

create table third_party_refusals (
  borrower_id bigint not null,
  refusal_id uuid not null default gen_random_uuid(),
  party text not null,
  party_id text not null default ''::text,
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table training_certificates (
  staff_id text not null,
  certificate text not null,
  passed_on date not null,
  lapses_on date not null,
  recorded_by text not null,
  recorded_at timestamp with time zone not null default '-infinity'::timestamp with time zone
);

create table unreachabilities (
  borrower_id bigint not null,
  evidence_id uuid not null default gen_random_uuid(),
  at timestamp with time zone not null,
  ordinal integer not null default 0,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  reason text not null
);

create table untold_loans (
  borrower_id bigint not null,
  loan_no text not null,
  as_of date not null
);

create table verdicts (
  borrower_id bigint not null,
  verdict_id uuid not null default gen_random_uuid(),
  allowed boolean not null,
  decided_at timestamp with time zone not null,
  channel text not null,
  debts text[] not null,
  party text not null,
  party_id text not null,
  address text not null,
  placed_by text not null,
  purpose text not null,
  pack_versions text[] not null,
  asked jsonb not null,
  refusals jsonb not null,
  warnings jsonb not null,
  facts jsonb not null,
  asked_by text not null,
  given_in xid8 not null default pg_current_xact_id(),
  attempt_id uuid
);

create table virtual_accounts (
  borrower_id bigint not null,
  loan_no text not null,
  account_no text not null,
  opened_on date not null,
  closed_on date
);

create table waivers (
  borrower_id bigint not null,
  loan_no text not null,
  waiver_no integer not null,
  part text not null,
  currency text not null,
  amount_minor bigint not null,
  part_minor bigint not null,
  grid_version text not null,
  level_needed text not null,
  is_within_authority boolean not null,
  proposed_on date not null,
  proposed_by text not null,
  reason text not null,
  applied_on date,
  rejected_on date,
  undone_on date
);

create table work_today (
  borrower_id bigint not null,
  lender text not null,
  product text not null,
  loan_no text not null,
  currency text not null,
  rolls_from text not null,
  rolls_on date,
  zones text[] not null,
  oldest_due_on date not null,
  bucket text not null,
  past_due_minor bigint not null
);

create table worklist_items (
  borrower_id bigint not null,
  lender text not null,
  score bigint not null,
  loan_no text not null,
  currency text not null,
  past_due_minor bigint not null,
  oldest_due_on date not null,
  bucket text not null,
  reasons jsonb not null,
  call_opens time without time zone,
  call_closes time without time zone,
  zones text[] not null,
  not_before timestamp with time zone,
  put_off_reason text,
  taken_by text,
  taken_until timestamp with time zone,
  done_on date,
  done_by text,
  done_with text
);

alter table affordability_statements add constraint affordability_statements_dependants_check CHECK ((dependants >= 0));

alter table affordability_statements add constraint affordability_statements_expenditure_minor_check CHECK ((expenditure_minor >= 0));

alter table affordability_statements add constraint affordability_statements_income_minor_check CHECK ((income_minor >= 0));

alter table affordability_statements add constraint affordability_statements_pkey PRIMARY KEY (borrower_id, stated_on);

alter table agency_standings add constraint agency_standings_pkey PRIMARY KEY (agency, recorded_at);

alter table agency_standings add constraint standing_is_not_of_the_future CHECK ((at <= recorded_at));

alter table agreed_windows add constraint agreed_windows_pkey PRIMARY KEY (borrower_id, window_id);

alter table agreements add constraint agreements_borrower_id_loan_no_plan_no_language_layout_key UNIQUE (borrower_id, loan_no, plan_no, language, layout);

alter table agreements add constraint agreements_language_check CHECK ((language = ANY (ARRAY['en'::text, 'zh-Hans'::text, 'zh-Hant'::text])));

alter table agreements add constraint agreements_layout_check CHECK ((layout > 0));

alter table agreements add constraint agreements_pkey PRIMARY KEY (borrower_id, agreement_no);

alter table agreements add constraint agreements_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text));

alter table allocation_orders add constraint allocation_orders_asset_state_check CHECK ((asset_state = ANY (ARRAY[''::text, 'current'::text, 'non_performing'::text, 'charged_off'::text, 'settled'::text])));

alter table allocation_orders add constraint allocation_orders_from_days_check CHECK ((from_days >= 0));

alter table allocation_orders add constraint allocation_orders_pkey PRIMARY KEY (pack, lender, product, asset_state, from_days, effective_from);

alter table approvals add constraint approvals_pkey PRIMARY KEY (borrower_id, subject, approved_by);

alter table asked_contacts add constraint asked_contacts_pkey PRIMARY KEY (borrower_id, proposal_id);

alter table audit_entries add constraint audit_entries_pkey PRIMARY KEY (entry_no);

alter table audit_seals add constraint audit_seals_pkey PRIMARY KEY (as_of);

alter table authority_grids add constraint authority_grids_effective_from_key UNIQUE (effective_from);

alter table authority_grids add constraint authority_grids_pkey PRIMARY KEY (grid_version);

alter table authority_limits add constraint authority_limits_limit_units_check CHECK ((limit_units >= 0));

alter table authority_limits add constraint authority_limits_pkey PRIMARY KEY (staff_id, what, currency, from_on);

alter table authority_limits add constraint authority_limits_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id);

alter table authority_limits add constraint authority_limits_what_check CHECK ((what = ANY (ARRAY['plan_months'::text, 'waiver'::text, 'settlement'::text])));

alter table authority_rules add constraint authority_rules_check CHECK ((to_days >= from_days));

alter table authority_rules add constraint authority_rules_from_days_check CHECK ((from_days >= 0));

alter table authority_rules add constraint authority_rules_grid_version_fkey FOREIGN KEY (grid_version) REFERENCES authority_grids(grid_version);

alter table authority_rules add constraint authority_rules_grid_version_level_what_lender_product_agen_key UNIQUE NULLS NOT DISTINCT (grid_version, level, what, lender, product, agency, from_days, to_days, charged_off, balance_to_units);

alter table authority_rules add constraint authority_rules_level_check CHECK ((level = ANY (ARRAY['portal'::text, 'collector'::text, 'team_lead'::text, 'manager'::text, 'committee'::text])));

alter table authority_rules add constraint authority_rules_limit_units_check CHECK ((limit_units >= 0));

alter table authority_rules add constraint authority_rules_what_check CHECK ((what = ANY (ARRAY['fee_waiver'::text, 'interest_waiver'::text, 'principal_discount'::text, 'plan_months'::text])));

alter table balance_differences add constraint balance_differences_check CHECK ((expected_minor = (before_minor + moved_minor)));

alter table balance_differences add constraint balance_differences_check1 CHECK ((num_nonnulls(explained_at, explained_by, explanation) = ANY (ARRAY[0, 3])));

alter table balance_differences add constraint balance_differences_pkey PRIMARY KEY (borrower_id, loan_no, as_of);

alter table bank_statements add constraint bank_statements_format_check CHECK ((format = ANY (ARRAY['camt.053'::text, 'mt940'::text])));

alter table bank_statements add constraint bank_statements_lender_account_no_statement_no_closed_on_key UNIQUE (lender, account_no, statement_no, closed_on);

alter table bank_statements add constraint bank_statements_pkey PRIMARY KEY (sha256);

alter table borrower_packs add constraint borrower_packs_pkey PRIMARY KEY (borrower_id, pack, from_on);

alter table borrowers add constraint borrowers_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'firm'::text])));

alter table borrowers add constraint borrowers_monthly_income_check CHECK ((monthly_income >= (0)::numeric));

alter table borrowers add constraint borrowers_pkey PRIMARY KEY (borrower_id);

alter table bucket_edges add constraint bucket_edges_pkey PRIMARY KEY (lender, product, effective_from, rank);

alter table cases add constraint cases_check CHECK ((closed_on >= opened_on));

alter table cases add constraint cases_pkey PRIMARY KEY (borrower_id, opened_on);

alter table claim_parts add constraint claim_parts_check CHECK (((limitation_from IS NOT NULL) OR (limitation_ends_on IS NOT NULL)));

alter table claim_parts add constraint claim_parts_part_check CHECK ((part = ANY (ARRAY['principal'::text, 'instalments'::text, 'interest'::text, 'fees'::text, 'whole'::text])));

alter table claim_parts add constraint claim_parts_pkey PRIMARY KEY (borrower_id, claim_part_id);

alter table consent_revocations add constraint consent_revocations_pkey PRIMARY KEY (borrower_id, revocation_id);

alter table consents add constraint consents_pkey PRIMARY KEY (borrower_id, consent_id);

alter table contact_attempts add constraint attempt_stands_on_its_verdict CHECK (stands_on_its_verdict(borrower_id, verdict_id, attempt_id, decided_at, channel, debts, party, party_id, address, placed_by, purpose)) NOT VALID;

alter table contact_attempts add constraint contact_attempts_allowed_check CHECK (allowed);

alter table contact_attempts add constraint contact_attempts_borrower_id_verdict_id_attempt_id_allowed_fkey FOREIGN KEY (borrower_id, verdict_id, attempt_id, allowed, decided_at, channel, debts, party, party_id, address, placed_by, purpose) REFERENCES verdicts(borrower_id, verdict_id, attempt_id, allowed, decided_at, channel, debts, party, party_id, address, placed_by, purpose);

alter table contact_attempts add constraint contact_attempts_borrower_id_verdict_id_attempt_id_key UNIQUE (borrower_id, verdict_id, attempt_id);

alter table contact_attempts add constraint contact_attempts_borrower_id_verdict_id_key UNIQUE (borrower_id, verdict_id);

alter table contact_attempts add constraint contact_attempts_check CHECK (((at >= decided_at) AND (at <= (decided_at + '00:05:00'::interval))));

alter table contact_attempts add constraint contact_attempts_check1 CHECK (((outcome IS NULL) = (outcome_recorded_at IS NULL)));

alter table contact_attempts add constraint contact_attempts_pkey PRIMARY KEY (borrower_id, attempt_id);

alter table contact_points add constraint contact_points_kind_check CHECK ((kind = ANY (ARRAY['mobile'::text, 'phone'::text, 'work_phone'::text, 'email'::text, 'address'::text])));

alter table contact_points add constraint contact_points_party_check CHECK ((party = ANY (ARRAY['debtor'::text, 'co_borrower'::text, 'guarantor'::text, 'contact_person'::text, 'employer'::text])));

alter table contact_points add constraint contact_points_pkey PRIMARY KEY (borrower_id, party, party_name, kind, value);

alter table contact_proposals add constraint contact_proposals_pkey PRIMARY KEY (borrower_id, proposal_id);

alter table contact_proposals add constraint contact_proposals_stage_check CHECK ((stage = ANY (ARRAY['plan'::text, 'dispatch'::text, 'afterwards'::text])));

alter table currencies add constraint currencies_exponent_check CHECK (((exponent >= 0) AND (exponent <= 4)));

alter table currencies add constraint currencies_pkey PRIMARY KEY (currency);

alter table debt_traits add constraint debt_traits_check CHECK (((account IS NULL) OR (product IS NOT NULL)));

alter table debt_traits add constraint debt_traits_pkey PRIMARY KEY (borrower_id, debt, recorded_at);

alter table delinquencies add constraint delinquencies_began_as_check CHECK ((began_as = ANY (ARRAY['new'::text, 'roll_forward'::text, 'roll_back'::text])));

alter table delinquencies add constraint delinquencies_check CHECK ((valid_to > valid_from));

alter table delinquencies add constraint delinquencies_check1 CHECK (((valid_to IS NULL) = (ended_as IS NULL)));

alter table delinquencies add constraint delinquencies_ended_as_check CHECK ((ended_as = ANY (ARRAY['roll_forward'::text, 'roll_back'::text, 'cure'::text, 'reset'::text, 'closed'::text])));

alter table delinquencies add constraint delinquencies_pkey PRIMARY KEY (borrower_id, loan_no, valid_from);

alter table delinquency_corrections add constraint delinquency_corrections_pkey PRIMARY KEY (borrower_id, loan_no);

alter table disputed_instalments add constraint disputed_instalments_check CHECK ((decided_on >= disputed_on));

alter table disputed_instalments add constraint disputed_instalments_check1 CHECK ((num_nonnulls(outcome, decided_on, decided_by, decision) = ANY (ARRAY[0, 4])));

alter table disputed_instalments add constraint disputed_instalments_instalment_no_check CHECK ((instalment_no > 0));

alter table disputed_instalments add constraint disputed_instalments_outcome_check CHECK ((outcome = ANY (ARRAY['upheld'::text, 'rejected'::text, 'withdrawn'::text])));

alter table disputed_instalments add constraint disputed_instalments_pkey PRIMARY KEY (borrower_id, loan_no, instalment_no, disputed_on);

alter table disputed_parts add constraint disputed_parts_amount_minor_check CHECK ((amount_minor > 0));

alter table disputed_parts add constraint disputed_parts_check CHECK ((decided_on >= disputed_on));

alter table disputed_parts add constraint disputed_parts_check1 CHECK ((num_nonnulls(outcome, decided_on, decided_by, decision) = ANY (ARRAY[0, 4])));

alter table disputed_parts add constraint disputed_parts_outcome_check CHECK ((outcome = ANY (ARRAY['upheld'::text, 'rejected'::text, 'withdrawn'::text])));

alter table disputed_parts add constraint disputed_parts_part_check CHECK ((part = ANY (ARRAY['fee'::text, 'penalty'::text, 'interest'::text, 'principal'::text])));

alter table disputed_parts add constraint disputed_parts_pkey PRIMARY KEY (borrower_id, loan_no, part, disputed_on);

alter table entered_movements add constraint entered_movements_amount_minor_check CHECK ((amount_minor > 0));

alter table entered_movements add constraint entered_movements_borrower_id_loan_no_undoes_fkey FOREIGN KEY (borrower_id, loan_no, undoes) REFERENCES entered_movements(borrower_id, loan_no, movement_no);

alter table entered_movements add constraint entered_movements_check CHECK ((entered_on >= on_date));

alter table entered_movements add constraint entered_movements_check1 CHECK ((num_nonnulls(posted_on, rejected_on) <= 1));

alter table entered_movements add constraint entered_movements_check2 CHECK (((level_needed IS NOT NULL) OR (posted_on IS NOT NULL)));

alter table entered_movements add constraint entered_movements_pkey PRIMARY KEY (borrower_id, loan_no, movement_no);

alter table entries add constraint entries_amount_minor_check CHECK ((amount_minor <> 0));

alter table entries add constraint entries_borrower_id_loan_no_movement_no_fkey FOREIGN KEY (borrower_id, loan_no, movement_no) REFERENCES movements(borrower_id, loan_no, movement_no);

alter table entries add constraint entries_pkey PRIMARY KEY (borrower_id, loan_no, movement_no, account);

alter table events add constraint events_pkey PRIMARY KEY (borrower_id, event_id);

alter table handovers add constraint handovers_check CHECK (((ended_at IS NULL) = (ended_by IS NULL)));

alter table handovers add constraint handovers_pkey PRIMARY KEY (borrower_id, handover_id);

alter table handovers add constraint handovers_reason_check CHECK ((reason <> ''::text));

alter table handovers add constraint handovers_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id);

alter table hardship_requests add constraint hardship_requests_cause_check CHECK ((cause = ANY (ARRAY['job_loss'::text, 'income_fall'::text, 'illness'::text, 'family_event'::text, 'business_failure'::text, 'money_management'::text, 'unwilling'::text, 'poor_service'::text, 'loose_approval'::text, 'downturn'::text, 'law_change'::text, 'competition'::text, 'disaster'::text, 'other'::text])));

alter table hardship_requests add constraint hardship_requests_channel_check CHECK ((channel = ANY (ARRAY['call'::text, 'portal'::text, 'message'::text, 'visit'::text, 'letter'::text])));

alter table hardship_requests add constraint hardship_requests_check CHECK ((decide_by >= asked_on));

alter table hardship_requests add constraint hardship_requests_check1 CHECK ((num_nonnulls(outcome, decided_on, decided_by, decision) = ANY (ARRAY[0, 4])));

alter table hardship_requests add constraint hardship_requests_outcome_check CHECK ((outcome = ANY (ARRAY['granted'::text, 'partly_granted'::text, 'declined'::text, 'withdrawn'::text])));

alter table hardship_requests add constraint hardship_requests_pkey PRIMARY KEY (borrower_id, request_no);

alter table hardship_requests add constraint hardship_requests_request_no_check CHECK ((request_no > 0));

alter table hardship_requests add constraint hardship_requests_vulnerability_check CHECK ((vulnerability = ANY (ARRAY['none'::text, 'health'::text, 'life_event'::text, 'resilience'::text, 'capability'::text])));

alter table hold_releases add constraint hold_releases_pkey PRIMARY KEY (borrower_id, release_id);

alter table holds add constraint holds_pkey PRIMARY KEY (borrower_id, hold_id);

alter table house_exceptions add constraint house_exceptions_check CHECK ((to_on >= from_on));

alter table house_exceptions add constraint house_exceptions_pkey PRIMARY KEY (exception_id);

alter table house_exceptions add constraint house_exceptions_reason_check CHECK ((reason <> ''::text));

alter table house_exceptions add constraint house_exceptions_signed_by_check CHECK ((signed_by <> ''::text));

alter table idempotency_keys add constraint idempotency_keys_pkey PRIMARY KEY (staff_id, request_key);

alter table incidents add constraint incidents_cause_check CHECK ((cause = ANY (ARRAY['outside_contact'::text, 'late_fact'::text, 'banned_phrase'::text])));

alter table incidents add constraint incidents_pkey PRIMARY KEY (borrower_id, contact_id, rule_id, pack_version);

alter table inconveniences add constraint inconveniences_pkey PRIMARY KEY (borrower_id, inconvenience_id);

alter table instalments add constraint instalments_pkey PRIMARY KEY (borrower_id, loan_no, instalment_no);

alter table known_zones add constraint known_zones_pkey PRIMARY KEY (zone);

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

alter table machine_tokens add constraint machine_tokens_created_by_fkey FOREIGN KEY (created_by) REFERENCES staff(id);

alter table machine_tokens add constraint machine_tokens_pkey PRIMARY KEY (token_id);

alter table machine_tokens add constraint machine_tokens_sha256_key UNIQUE (sha256);

alter table moved_positions add constraint moved_positions_check CHECK ((valid_to > valid_from));

alter table moved_positions add constraint moved_positions_check1 CHECK ((position_from <= valid_from));

alter table moved_positions add constraint moved_positions_check2 CHECK (((oldest_due_on IS NULL) = (past_due_minor = 0)));

alter table moved_positions add constraint moved_positions_past_due_minor_check CHECK ((past_due_minor >= 0));

alter table moved_positions add constraint moved_positions_pkey PRIMARY KEY (borrower_id, loan_no, valid_from);

alter table movement_kinds add constraint movement_kinds_check CHECK ((credit <> debit));

alter table movement_kinds add constraint movement_kinds_pkey PRIMARY KEY (kind);

alter table movements add constraint movements_amount_minor_check CHECK ((amount_minor > 0));

alter table movements add constraint movements_kind_fkey FOREIGN KEY (kind) REFERENCES movement_kinds(kind);

alter table movements add constraint movements_part_check CHECK ((part = ANY (ARRAY['penalty'::text, 'fee'::text, 'interest'::text, 'principal'::text])));

alter table movements add constraint movements_pkey PRIMARY KEY (borrower_id, loan_no, movement_no);

alter table nightly_parts add constraint nightly_parts_as_of_fkey FOREIGN KEY (as_of) REFERENCES nights(as_of);

alter table nightly_parts add constraint nightly_parts_check CHECK (((part >= 0) AND (part < of)));

alter table nightly_parts add constraint nightly_parts_pkey PRIMARY KEY (as_of, step, part);

alter table nightly_steps add constraint nightly_steps_as_of_fkey FOREIGN KEY (as_of) REFERENCES nights(as_of);

alter table nightly_steps add constraint nightly_steps_pkey PRIMARY KEY (as_of, step);

alter table nights add constraint nights_pkey PRIMARY KEY (as_of);

alter table notices_given add constraint notices_given_pkey PRIMARY KEY (borrower_id, notice_id);

alter table notices_returned add constraint notices_returned_pkey PRIMARY KEY (borrower_id, return_id);

alter table opt_outs add constraint opt_outs_check CHECK (((channel IS NOT NULL) OR (address <> ''::text)));

alter table opt_outs add constraint opt_outs_pkey PRIMARY KEY (borrower_id, opt_out_id);

alter table outside_contacts add constraint outside_contacts_direction_check CHECK ((direction = ANY (ARRAY['in'::text, 'out'::text])));

alter table outside_contacts add constraint outside_contacts_pkey PRIMARY KEY (borrower_id, contact_id);

alter table pack_retentions add constraint pack_retentions_pack_version_rule_id_fkey FOREIGN KEY (pack_version, rule_id) REFERENCES pack_rules(pack_version, rule_id);

alter table pack_retentions add constraint pack_retentions_pkey PRIMARY KEY (pack_version, rule_id, what);

alter table pack_retentions add constraint pack_retentions_what_check CHECK ((what = ANY (ARRAY['record'::text, 'recording'::text, 'handover'::text])));

alter table pack_rules add constraint pack_rules_force_check CHECK ((force = ANY (ARRAY['statute'::text, 'regulation'::text, 'standard'::text, 'self-regulation'::text, 'house'::text])));

alter table pack_rules add constraint pack_rules_modality_check CHECK ((modality = ANY (ARRAY['prohibit'::text, 'require'::text, 'presume'::text, 'should'::text])));

alter table pack_rules add constraint pack_rules_pack_version_fkey FOREIGN KEY (pack_version) REFERENCES packs(pack_version);

alter table pack_rules add constraint pack_rules_pkey PRIMARY KEY (pack_version, rule_id);

alter table packs add constraint packs_pack_version_key UNIQUE (pack, version);

alter table packs add constraint packs_pkey PRIMARY KEY (pack_version);

alter table party_places add constraint party_places_pkey PRIMARY KEY (borrower_id, place_id);

alter table party_places add constraint party_places_zones_check CHECK ((zones <> '{}'::text[]));

alter table pauses add constraint pauses_check CHECK ((to_on > from_on));

alter table pauses add constraint pauses_check1 CHECK (((resumed_on >= from_on) AND (resumed_on < COALESCE(to_on, 'infinity'::date))));

alter table pauses add constraint pauses_check2 CHECK ((num_nonnulls(resumed_on, resumed_why, resumed_by, resumption_recorded_on) = ANY (ARRAY[0, 4])));

alter table pauses add constraint pauses_pause_no_check CHECK ((pause_no > 0));

alter table pauses add constraint pauses_pkey PRIMARY KEY (borrower_id, loan_no, pause_no);

alter table payments add constraint payments_amount_minor_check CHECK ((amount_minor > 0));

alter table payments add constraint payments_kind_check CHECK ((kind = ANY (ARRAY['payment'::text, 'reversal'::text])));

alter table payments add constraint payments_pkey PRIMARY KEY (borrower_id, payment_no);

alter table placements add constraint placements_agency_check CHECK ((agency <> ''::text));

alter table placements add constraint placements_check CHECK ((((recalled_at IS NULL) = (recalled_by IS NULL)) AND ((recalled_at IS NULL) = (recall_reason IS NULL))));

alter table placements add constraint placements_pkey PRIMARY KEY (borrower_id, placement_id);

alter table placements add constraint placements_reason_check CHECK ((reason <> ''::text));

alter table plan_instalments add constraint plan_instalments_borrower_id_loan_no_plan_no_fkey FOREIGN KEY (borrower_id, loan_no, plan_no) REFERENCES plans(borrower_id, loan_no, plan_no);

alter table plan_instalments add constraint plan_instalments_check CHECK ((cure_until >= due_on));

alter table plan_instalments add constraint plan_instalments_interest_minor_check CHECK ((interest_minor >= 0));

alter table plan_instalments add constraint plan_instalments_no_check CHECK ((no >= 0));

alter table plan_instalments add constraint plan_instalments_pkey PRIMARY KEY (borrower_id, loan_no, plan_no, no);

alter table plan_instalments add constraint plan_instalments_principal_minor_check CHECK ((principal_minor >= 0));

alter table planned_contacts add constraint planned_contacts_pkey PRIMARY KEY (borrower_id, planned_id);

alter table planned_refusals add constraint planned_refusals_borrower_id_planned_id_fkey FOREIGN KEY (borrower_id, planned_id) REFERENCES planned_contacts(borrower_id, planned_id);

alter table planned_refusals add constraint planned_refusals_pkey PRIMARY KEY (borrower_id, planned_id, rule_id, pack_version);

alter table plans add constraint plans_check CHECK ((total_minor >= principal_minor));

alter table plans add constraint plans_check1 CHECK (((outcome IS NULL) = (ended_on IS NULL)));

alter table plans add constraint plans_check2 CHECK ((num_nonnulls(agreed_on, agreed_by, how_agreed) = ANY (ARRAY[0, 3])));

alter table plans add constraint plans_cure_days_check CHECK ((cure_days >= 0));

alter table plans add constraint plans_how_agreed_check CHECK ((how_agreed = ANY (ARRAY['signed'::text, 'recorded_call'::text, 'portal'::text])));

alter table plans add constraint plans_outcome_check CHECK ((outcome = ANY (ARRAY['completed'::text, 'breached'::text, 'renegotiated'::text, 'cancelled'::text])));

alter table plans add constraint plans_owed_minor_check CHECK ((owed_minor >= 0));

alter table plans add constraint plans_pkey PRIMARY KEY (borrower_id, loan_no, plan_no);

alter table plans add constraint plans_plan_no_check CHECK ((plan_no > 0));

alter table plans add constraint plans_principal_minor_check CHECK ((principal_minor > 0));

alter table plans add constraint plans_shape_check CHECK ((shape = ANY (ARRAY['equal'::text, 'step_up'::text, 'interest_only_start'::text, 'balloon'::text])));

alter table portal_sessions add constraint portal_sessions_pkey PRIMARY KEY (borrower_id, session_id);

alter table portal_sessions add constraint portal_sessions_state_check CHECK ((state = ANY (ARRAY['open'::text, 'ended'::text])));

alter table promise_rejudgements add constraint promise_rejudgements_borrower_id_loan_no_promise_no_fkey FOREIGN KEY (borrower_id, loan_no, promise_no) REFERENCES promises(borrower_id, loan_no, promise_no);

alter table promise_rejudgements add constraint promise_rejudgements_pkey PRIMARY KEY (borrower_id, loan_no, promise_no, as_of);

alter table promises add constraint promises_channel_check CHECK ((channel = ANY (ARRAY['call'::text, 'portal'::text, 'message'::text, 'visit'::text, 'letter'::text])));

alter table promises add constraint promises_check CHECK ((due_on >= made_on));

alter table promises add constraint promises_check1 CHECK (((counts_until >= due_on) OR (replaced_on IS NOT NULL)));

alter table promises add constraint promises_check2 CHECK (((enough_minor >= 1) AND (enough_minor <= promised_minor)));

alter table promises add constraint promises_check3 CHECK (((outcome IS NULL) = (judged_on IS NULL)));

alter table promises add constraint promises_outcome_check CHECK ((outcome = ANY (ARRAY['kept'::text, 'partly_kept'::text, 'broken'::text, 'cancelled'::text])));

alter table promises add constraint promises_pkey PRIMARY KEY (borrower_id, loan_no, promise_no);

alter table promises add constraint promises_promise_no_check CHECK ((promise_no > 0));

alter table promises add constraint promises_promised_minor_check CHECK ((promised_minor > 0));

alter table quotes add constraint quotes_check CHECK ((good_until >= for_on));

alter table quotes add constraint quotes_pkey PRIMARY KEY (borrower_id, loan_no, quote_no);

alter table quotes add constraint quotes_quote_no_check CHECK ((quote_no > 0));

alter table quotes add constraint quotes_total_minor_check CHECK ((total_minor >= 0));

alter table rate_caps add constraint rate_caps_kind_check CHECK ((kind = ANY (ARRAY['cap'::text, 'alert'::text])));

alter table rate_caps add constraint rate_caps_pkey PRIMARY KEY (pack, is_card, kind, effective_from);

alter table rate_caps add constraint rate_caps_yearly_check CHECK ((yearly > (0)::numeric));

alter table rest_days add constraint rest_days_pkey PRIMARY KEY (pack, day);

alter table risk_class_edges add constraint risk_class_edges_check CHECK ((num_nonnulls(after_days, after_months) = 1));

alter table risk_class_edges add constraint risk_class_edges_pkey PRIMARY KEY (pack, card, secured, risk_class);

alter table risk_class_edges add constraint risk_class_edges_risk_class_check CHECK (((risk_class >= 2) AND (risk_class <= 5)));

alter table risk_classes add constraint risk_classes_check CHECK ((valid_to > valid_from));

alter table risk_classes add constraint risk_classes_pkey PRIMARY KEY (borrower_id, loan_no, valid_from);

alter table risk_classes add constraint risk_classes_risk_class_check CHECK (((risk_class >= 2) AND (risk_class <= 5)));

alter table rule_checks add constraint rule_checks_check_no_key UNIQUE (check_no);

alter table rule_checks add constraint rule_checks_count_key_check CHECK ((count_key = ANY (ARRAY['person'::text, 'number'::text])));

alter table rule_checks add constraint rule_checks_pack_version_rule_id_fkey FOREIGN KEY (pack_version, rule_id) REFERENCES pack_rules(pack_version, rule_id);

alter table rule_checks add constraint rule_checks_pkey PRIMARY KEY (pack_version, rule_id, ordinal);

alter table rule_checks add constraint rule_checks_placed_by_kind_check CHECK ((placed_by_kind = ANY (ARRAY['agency'::text, 'buyer'::text])));

alter table schema_migrations add constraint schema_migrations_pkey PRIMARY KEY (name);

alter table settings add constraint settings_pkey PRIMARY KEY (lender, product, name, effective_from);

alter table settlements add constraint settlements_balance_minor_check CHECK ((balance_minor > 0));

alter table settlements add constraint settlements_check CHECK (((offer_minor > 0) AND (offer_minor < balance_minor)));

alter table settlements add constraint settlements_check1 CHECK (((prompt_minor > 0) AND (prompt_minor < offer_minor)));

alter table settlements add constraint settlements_check2 CHECK ((expires_on >= offered_on));

alter table settlements add constraint settlements_check3 CHECK ((num_nonnulls(prompt_minor, prompt_by) = ANY (ARRAY[0, 2])));

alter table settlements add constraint settlements_check4 CHECK (((prompt_by IS NULL) OR (prompt_by <= pay_by)));

alter table settlements add constraint settlements_check5 CHECK (((outcome IS NULL) = (ended_on IS NULL)));

alter table settlements add constraint settlements_check6 CHECK (((accepted_on IS NULL) = (accepted_by IS NULL)));

alter table settlements add constraint settlements_outcome_check CHECK ((outcome = ANY (ARRAY['completed'::text, 'broken'::text, 'expired'::text, 'withdrawn'::text, 'rejected'::text])));

alter table settlements add constraint settlements_pkey PRIMARY KEY (borrower_id, loan_no, settlement_no);

alter table settlements add constraint settlements_settlement_no_check CHECK ((settlement_no > 0));

alter table sign_in_attempts add constraint sign_in_attempts_pkey PRIMARY KEY (attempt_id);

alter table sign_in_methods add constraint sign_in_methods_pkey PRIMARY KEY (id);

alter table sign_in_methods add constraint sign_in_methods_provider_id_account_id_key UNIQUE (provider_id, account_id);

alter table sign_in_methods add constraint sign_in_methods_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id) ON DELETE CASCADE;

alter table sign_in_passkeys add constraint sign_in_passkeys_credential_id_key UNIQUE (credential_id);

alter table sign_in_passkeys add constraint sign_in_passkeys_pkey PRIMARY KEY (id);

alter table sign_in_passkeys add constraint sign_in_passkeys_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id) ON DELETE CASCADE;

alter table sign_in_second_factors add constraint sign_in_second_factors_pkey PRIMARY KEY (id);

alter table sign_in_second_factors add constraint sign_in_second_factors_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id) ON DELETE CASCADE;

alter table sign_in_second_factors add constraint sign_in_second_factors_staff_id_key UNIQUE (staff_id);

alter table sign_in_sessions add constraint sign_in_sessions_came_by_check CHECK ((came_by = ANY (ARRAY['password'::text, 'passkey'::text, 'single_sign_on'::text])));

alter table sign_in_sessions add constraint sign_in_sessions_pkey PRIMARY KEY (id);

alter table sign_in_sessions add constraint sign_in_sessions_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id) ON DELETE CASCADE;

alter table sign_in_sessions add constraint sign_in_sessions_token_key UNIQUE (token);

alter table sign_in_verifications add constraint sign_in_verifications_pkey PRIMARY KEY (id);

alter table staff add constraint staff_email_check CHECK ((email = lower(email)));

alter table staff add constraint staff_email_key UNIQUE (email);

alter table staff add constraint staff_language_check CHECK ((language = ANY (ARRAY['en'::text, 'zh-Hans'::text, 'zh-Hant'::text])));

alter table staff add constraint staff_pkey PRIMARY KEY (id);

alter table staff_departures add constraint staff_departures_pkey PRIMARY KEY (staff_id);

alter table staff_departures add constraint staff_departures_reason_check CHECK ((reason <> ''::text));

alter table staff_departures add constraint staff_departures_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id);

alter table staff_roles add constraint staff_roles_pkey PRIMARY KEY (staff_id, role, given_at);

alter table staff_roles add constraint staff_roles_role_check CHECK ((role = ANY (ARRAY['collector'::text, 'team_lead'::text, 'manager'::text, 'compliance'::text, 'legal'::text, 'field'::text, 'agency'::text, 'auditor'::text, 'admin'::text])));

alter table staff_roles add constraint staff_roles_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id);

alter table statement_lines add constraint statement_lines_amount_minor_check CHECK ((amount_minor <> 0));

alter table statement_lines add constraint statement_lines_confidence_check CHECK (((confidence >= 0) AND (confidence <= 100)));

alter table statement_lines add constraint statement_lines_matched_by_check CHECK ((matched_by = ANY (ARRAY['virtual_account'::text, 'reference'::text, 'loan_number'::text, 'amount_and_name'::text, 'person'::text])));

alter table statement_lines add constraint statement_lines_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'returned'::text, 'not_ours'::text, 'ignored'::text])));

alter table statement_lines add constraint statement_lines_pkey PRIMARY KEY (sha256, line_no);

alter table statement_lines add constraint statement_lines_sha256_fkey FOREIGN KEY (sha256) REFERENCES bank_statements(sha256);

alter table stop_notices add constraint stop_notices_borrower_id_stop_id_fkey FOREIGN KEY (borrower_id, stop_id) REFERENCES stops(borrower_id, stop_id);

alter table stop_notices add constraint stop_notices_pkey PRIMARY KEY (borrower_id, stop_id, worked_by);

alter table stops add constraint stops_borrower_id_cause_cause_no_key UNIQUE (borrower_id, cause, cause_no);

alter table stops add constraint stops_pkey PRIMARY KEY (borrower_id, stop_id);

alter table tape_confirmations add constraint tape_confirmations_pkey PRIMARY KEY (borrower_id, loan_no, as_of);

alter table team_members add constraint team_members_pkey PRIMARY KEY (team_id, staff_id, joined_at);

alter table team_members add constraint team_members_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id);

alter table team_members add constraint team_members_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(team_id);

alter table team_portfolios add constraint team_portfolios_pkey PRIMARY KEY (team_id, lender, product, branch);

alter table team_portfolios add constraint team_portfolios_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(team_id);

alter table teams add constraint teams_agency_check CHECK ((agency <> ''::text));

alter table teams add constraint teams_pkey PRIMARY KEY (team_id);

alter table teams add constraint teams_team_id_check CHECK ((team_id ~ '^[a-z0-9-]{1,40}$'::text));

alter table template_approvals add constraint template_approvals_check CHECK ((to_on >= from_on));

alter table template_approvals add constraint template_approvals_pkey PRIMARY KEY (template, version, approved_at);

alter table template_approvals add constraint template_approvals_reason_check CHECK ((reason <> ''::text));

alter table template_approvals add constraint template_approvals_template_version_fkey FOREIGN KEY (template, version) REFERENCES text_templates(template, version);

alter table template_withdrawals add constraint template_withdrawals_pkey PRIMARY KEY (template, version, withdrawn_at);

alter table template_withdrawals add constraint template_withdrawals_reason_check CHECK ((reason <> ''::text));

alter table template_withdrawals add constraint template_withdrawals_template_version_fkey FOREIGN KEY (template, version) REFERENCES text_templates(template, version);

alter table text_templates add constraint text_templates_body_check CHECK ((body <> ''::text));

alter table text_templates add constraint text_templates_channel_check CHECK ((channel = ANY (ARRAY['letter'::text, 'sms'::text, 'email'::text, 'message'::text])));

alter table text_templates add constraint text_templates_pkey PRIMARY KEY (template, version);

alter table text_templates add constraint text_templates_template_check CHECK ((template ~ '^[a-z0-9-]{1,60}$'::text));

alter table third_party_refusals add constraint third_party_refusals_pkey PRIMARY KEY (borrower_id, refusal_id);

alter table training_certificates add constraint training_certificates_check CHECK ((lapses_on > passed_on));

alter table training_certificates add constraint training_certificates_pkey PRIMARY KEY (staff_id, certificate, passed_on);

alter table training_certificates add constraint training_certificates_staff_id_fkey FOREIGN KEY (staff_id) REFERENCES staff(id);

alter table unreachabilities add constraint unreachabilities_pkey PRIMARY KEY (borrower_id, evidence_id);

alter table untold_loans add constraint untold_loans_pkey PRIMARY KEY (borrower_id, loan_no, as_of);

alter table verdicts add constraint borrower_is_locked CHECK (is_locked_here(borrower_id)) NOT VALID;

alter table verdicts add constraint verdict_is_of_this_transaction CHECK ((given_in = pg_current_xact_id())) NOT VALID;

alter table verdicts add constraint verdict_opened_its_attempt FOREIGN KEY (borrower_id, verdict_id, attempt_id) REFERENCES contact_attempts(borrower_id, verdict_id, attempt_id) DEFERRABLE INITIALLY DEFERRED;

alter table verdicts add constraint verdicts_borrower_id_verdict_id_attempt_id_allowed_decided__key UNIQUE (borrower_id, verdict_id, attempt_id, allowed, decided_at, channel, debts, party, party_id, address, placed_by, purpose);

alter table verdicts add constraint verdicts_check CHECK ((allowed = (refusals = '[]'::jsonb)));

alter table verdicts add constraint verdicts_check1 CHECK ((allowed OR (attempt_id IS NULL)));

alter table verdicts add constraint verdicts_pkey PRIMARY KEY (borrower_id, verdict_id);

alter table verdicts add constraint what_the_rules_allow CHECK (((NOT allowed) OR is_what_the_rules_allow(borrower_id, verdict_id, decided_at, channel, debts, party, party_id, address, placed_by, purpose, pack_versions, asked))) NOT VALID;

alter table virtual_accounts add constraint virtual_accounts_check CHECK ((closed_on >= opened_on));

alter table virtual_accounts add constraint virtual_accounts_pkey PRIMARY KEY (borrower_id, loan_no, account_no);

alter table waivers add constraint waivers_amount_minor_check CHECK ((amount_minor > 0));

alter table waivers add constraint waivers_check CHECK ((part_minor >= amount_minor));

alter table waivers add constraint waivers_check1 CHECK ((num_nonnulls(applied_on, rejected_on) <= 1));

alter table waivers add constraint waivers_check2 CHECK (((undone_on IS NULL) OR (applied_on IS NOT NULL)));

alter table waivers add constraint waivers_part_check CHECK ((part = ANY (ARRAY['fee'::text, 'interest'::text, 'penalty'::text])));

alter table waivers add constraint waivers_pkey PRIMARY KEY (borrower_id, loan_no, waiver_no);

alter table waivers add constraint waivers_waiver_no_check CHECK ((waiver_no > 0));

alter table work_today add constraint work_today_pkey PRIMARY KEY (borrower_id);

alter table worklist_items add constraint worklist_items_check CHECK (((taken_by IS NULL) = (taken_until IS NULL)));

alter table worklist_items add constraint worklist_items_check1 CHECK (((done_on IS NULL) = (done_by IS NULL)));

alter table worklist_items add constraint worklist_items_pkey PRIMARY KEY (borrower_id);

CREATE INDEX audit_entries_by_borrower ON public.audit_entries USING gin (borrowers);

CREATE INDEX audit_entries_by_subject ON public.audit_entries USING btree (subject, entry_no);

CREATE INDEX audit_entries_by_time ON public.audit_entries USING btree (at);

CREATE INDEX balance_differences_open ON public.balance_differences USING btree (borrower_id, loan_no) WHERE (explained_at IS NULL);

CREATE INDEX borrowers_by_last_word ON public.borrowers USING btree (last_word(name) text_pattern_ops) WHERE (name IS NOT NULL);

CREATE INDEX borrowers_by_name ON public.borrowers USING btree (lower(name) text_pattern_ops) WHERE (name IS NOT NULL);

CREATE INDEX borrowers_by_number ON public.borrowers USING btree (borrower_no text_pattern_ops);

CREATE INDEX borrowers_with_facts ON public.borrowers USING btree (borrower_id) WHERE ((deceased_on IS NOT NULL) OR (vulnerable IS NOT NULL));

CREATE INDEX cases_open ON public.cases USING btree (borrower_id) WHERE (closed_on IS NULL);

CREATE INDEX contact_attempts_by_time ON public.contact_attempts USING btree (borrower_id, at);

CREATE INDEX contact_points_by_digits ON public.contact_points USING btree (digits_reversed(value) text_pattern_ops) WHERE (kind = ANY (ARRAY['mobile'::text, 'phone'::text, 'work_phone'::text]));

CREATE INDEX contact_points_closed ON public.contact_points USING btree (borrower_id) WHERE (opted_out_on IS NOT NULL);

CREATE UNIQUE INDEX debt_traits_by_id ON public.debt_traits USING btree (borrower_id, trait_id);

CREATE INDEX delinquencies_by_end ON public.delinquencies USING btree (valid_to);

CREATE INDEX delinquencies_open ON public.delinquencies USING btree (borrower_id, loan_no) WHERE (valid_to IS NULL);

CREATE UNIQUE INDEX disputed_instalments_one_open ON public.disputed_instalments USING btree (borrower_id, loan_no, instalment_no) WHERE (outcome IS NULL);

CREATE UNIQUE INDEX disputed_parts_one_open ON public.disputed_parts USING btree (borrower_id, loan_no, part) WHERE (outcome IS NULL);

CREATE UNIQUE INDEX entered_movements_undone_once ON public.entered_movements USING btree (borrower_id, loan_no, undoes) WHERE ((rejected_on IS NULL) AND (undoes IS NOT NULL));

CREATE INDEX entered_movements_waiting ON public.entered_movements USING btree (entered_on) WHERE ((posted_on IS NULL) AND (rejected_on IS NULL));

CREATE INDEX handovers_by_staff ON public.handovers USING btree (staff_id) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX handovers_now ON public.handovers USING btree (borrower_id, staff_id) WHERE (ended_at IS NULL);

CREATE INDEX hardship_requests_by_clock ON public.hardship_requests USING btree (decide_by) WHERE (outcome IS NULL);

CREATE UNIQUE INDEX hardship_requests_one_open ON public.hardship_requests USING btree (borrower_id) WHERE (outcome IS NULL);

CREATE INDEX idempotency_keys_by_time ON public.idempotency_keys USING btree (asked_at);

CREATE INDEX instalments_by_due_day ON public.instalments USING btree (due_on);

CREATE INDEX loads_by_day ON public.loads USING btree (kind, as_of);

CREATE INDEX loan_positions_by_end ON public.loan_positions USING btree (valid_to);

CREATE INDEX loans_by_number ON public.loans USING btree (loan_no);

CREATE INDEX loans_past_due ON public.loans USING btree (oldest_due_on) WHERE (oldest_due_on IS NOT NULL);

CREATE INDEX moved_positions_by_end ON public.moved_positions USING btree (valid_to);

CREATE INDEX movements_by_day ON public.movements USING btree (on_date);

CREATE INDEX movements_charge_offs ON public.movements USING btree (borrower_id, loan_no) WHERE (kind = 'charge_off'::text);

CREATE UNIQUE INDEX outside_contacts_by_source ON public.outside_contacts USING btree (borrower_id, placed_by, source_no);

CREATE INDEX outside_contacts_by_time ON public.outside_contacts USING btree (borrower_id, at);

CREATE INDEX outside_contacts_unjudged ON public.outside_contacts USING btree (borrower_id) WHERE (judged_at IS NULL);

CREATE INDEX payments_by_day ON public.payments USING btree (paid_on);

CREATE INDEX payments_by_load ON public.payments USING btree (loaded_as_of);

CREATE INDEX payments_by_loan ON public.payments USING btree (borrower_id, loan_no, paid_on);

CREATE INDEX payments_by_number ON public.payments USING btree (payment_no);

CREATE UNIQUE INDEX payments_taken_back ON public.payments USING btree (borrower_id, reverses) WHERE (kind = 'reversal'::text);

CREATE INDEX placements_by_agency ON public.placements USING btree (agency) WHERE (recalled_at IS NULL);

CREATE UNIQUE INDEX placements_now ON public.placements USING btree (borrower_id) WHERE (recalled_at IS NULL);

CREATE INDEX plan_instalments_by_cure ON public.plan_instalments USING btree (cure_until);

CREATE INDEX planned_contacts_open ON public.planned_contacts USING btree (borrower_id) WHERE (cancelled_at IS NULL);

CREATE INDEX planned_contacts_to_come ON public.planned_contacts USING btree (at) WHERE (cancelled_at IS NULL);

CREATE UNIQUE INDEX plans_one_performing ON public.plans USING btree (borrower_id, loan_no) WHERE ((outcome IS NULL) AND (agreed_on IS NOT NULL));

CREATE UNIQUE INDEX plans_one_proposed ON public.plans USING btree (borrower_id, loan_no) WHERE ((outcome IS NULL) AND (agreed_on IS NULL));

CREATE INDEX promises_by_end ON public.promises USING btree (counts_until);

CREATE INDEX promises_of_one_day ON public.promises USING btree (borrower_id, loan_no, made_on) WHERE one_of_several;

CREATE INDEX risk_classes_open ON public.risk_classes USING btree (borrower_id, loan_no) WHERE (valid_to IS NULL);

CREATE INDEX rule_checks_by_kind ON public.rule_checks USING btree (check_kind);

CREATE INDEX settlements_by_acceptance ON public.settlements USING btree (accepted_on) WHERE (outcome IS NULL);

CREATE INDEX settlements_by_expiry ON public.settlements USING btree (expires_on) WHERE ((outcome IS NULL) AND (accepted_on IS NULL));

CREATE INDEX settlements_by_pay_by ON public.settlements USING btree (pay_by) WHERE (outcome IS NULL);

CREATE INDEX settlements_judged ON public.settlements USING btree (judged_on);

CREATE UNIQUE INDEX settlements_one_active ON public.settlements USING btree (borrower_id, loan_no) WHERE (outcome IS NULL);

CREATE INDEX sign_in_attempts_by_email ON public.sign_in_attempts USING btree (email, at);

CREATE INDEX sign_in_methods_by_staff ON public.sign_in_methods USING btree (staff_id);

CREATE INDEX sign_in_passkeys_by_staff ON public.sign_in_passkeys USING btree (staff_id);

CREATE INDEX sign_in_sessions_by_staff ON public.sign_in_sessions USING btree (staff_id);

CREATE INDEX sign_in_verifications_by_identifier ON public.sign_in_verifications USING btree (identifier);

CREATE UNIQUE INDEX staff_roles_in_force ON public.staff_roles USING btree (staff_id, role) WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX statement_lines_payments ON public.statement_lines USING btree (lender, payment_no);

CREATE INDEX statement_lines_waiting ON public.statement_lines USING btree (booked_on, sha256, line_no) WHERE (outcome IS NULL);

CREATE INDEX stop_notices_open ON public.stop_notices USING btree (borrower_id) WHERE (acknowledged_at IS NULL);

CREATE INDEX tape_confirmations_by_day ON public.tape_confirmations USING btree (as_of);

CREATE UNIQUE INDEX team_members_now ON public.team_members USING btree (team_id, staff_id) WHERE (left_at IS NULL);

CREATE INDEX untold_loans_by_day ON public.untold_loans USING btree (as_of);

CREATE INDEX verdicts_by_id ON public.verdicts USING btree (verdict_id);

CREATE INDEX verdicts_refused ON public.verdicts USING btree (decided_at) WHERE (NOT allowed);

CREATE INDEX virtual_accounts_by_number ON public.virtual_accounts USING btree (account_no);

CREATE INDEX waivers_by_proposer ON public.waivers USING btree (proposed_by, applied_on);

CREATE INDEX worklist_items_done ON public.worklist_items USING btree (done_by, done_on) WHERE (done_on IS NOT NULL);

CREATE INDEX worklist_items_in_order ON public.worklist_items USING btree (score DESC, borrower_id) WHERE (done_on IS NULL);

CREATE INDEX worklist_items_taken ON public.worklist_items USING btree (taken_by) WHERE (taken_by IS NOT NULL);

create view audit_seals_again as
 SELECT s.as_of,
    s.from_no,
    s.to_no,
    s.entries,
    s.digest,
    s.previous,
    now_there.entries AS entries_now,
    audit_digest(lag(s.digest, 1, ''::text) OVER (ORDER BY s.as_of), now_there.bytes) AS digest_now,
    (s.from_no = lag(s.to_no, 1, (0)::bigint) OVER (ORDER BY s.as_of)) AS follows
   FROM (audit_seals s
     CROSS JOIN LATERAL ( SELECT count(*) AS entries,
            COALESCE(string_agg(audit_bytes(e.*), '\x'::bytea ORDER BY e.entry_no), '\x'::bytea) AS bytes
           FROM audit_entries e
          WHERE ((e.entry_no > s.from_no) AND (e.entry_no <= s.to_no))) now_there);

create view borrowers_in_portfolios as
 SELECT borrower_id
   FROM loans l
  WHERE ((( SELECT portfolios_seen() AS portfolios_seen) <> '[]'::jsonb) AND (ARRAY[ROW(lender, product, ''::text)::portfolio, ROW(lender, ''::text, COALESCE(branch, ''::text))::portfolio, ROW(lender, product, COALESCE(branch, ''::text))::portfolio] && ( SELECT portfolios_worked() AS portfolios_worked)));

create view borrowers_seen as
 SELECT b.borrower_id
   FROM borrowers b
  WHERE ((( SELECT lenders_seen() AS lenders_seen) <> '{}'::text[]) AND (b.lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])))
UNION ALL
 SELECT borrowers_in_portfolios.borrower_id
   FROM borrowers_in_portfolios
UNION ALL
 SELECT p.borrower_id
   FROM placements p
  WHERE ((p.recalled_at IS NULL) AND (p.agency = ANY (( SELECT agencies_seen() AS agencies_seen)::text[])))
UNION ALL
 SELECT h.borrower_id
   FROM handovers h
  WHERE ((h.ended_at IS NULL) AND (h.staff_id = ( SELECT handed_to() AS handed_to)));

create view bucket_segments as
 SELECT p.borrower_id,
    p.loan_no,
    p.lender,
    p.product,
    p.currency,
    p.valid_from,
    p.valid_to,
    e.bucket,
    e.rank,
    GREATEST(p.valid_from, e.effective_from, day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.from_days)) AS starts_on,
    LEAST(p.valid_to, e.effective_to, COALESCE(day_of_count(p.oldest_due_on, e.day_origin, p.paused, (e.to_days + 1)), 'infinity'::date)) AS ends_on,
    p.oldest_due_on,
    e.day_origin,
    p.outstanding_minor,
    p.past_due_minor,
    p.ends_by,
    p.paused
   FROM (positions p
     JOIN bucket_edges e ON (((e.lender = p.lender) AND (e.product = p.product))))
  WHERE ((p.oldest_due_on IS NOT NULL) AND (p.status = ANY (ARRAY['active'::text, 'charged_off'::text])) AND (GREATEST(p.valid_from, e.effective_from, day_of_count(p.oldest_due_on, e.day_origin, p.paused, e.from_days)) < LEAST(p.valid_to, e.effective_to, COALESCE(day_of_count(p.oldest_due_on, e.day_origin, p.paused, (e.to_days + 1)), 'infinity'::date))));

create view charge_offs_in_force as
 SELECT borrower_id,
    loan_no,
    min(on_date) AS on_date
   FROM movements c
  WHERE ((kind = 'charge_off'::text) AND (NOT (EXISTS ( SELECT
           FROM movements u
          WHERE ((u.borrower_id = c.borrower_id) AND (u.loan_no = c.loan_no) AND (u.movement_no = (c.movement_no || ':undone'::text)))))))
  GROUP BY borrower_id, loan_no;

create view loans_to_work as
 SELECT borrower_id,
    loan_no,
    lender,
    product,
    currency,
    past_due_minor,
    oldest_due_on
   FROM positions l
  WHERE ((valid_to = 'infinity'::date) AND (oldest_due_on IS NOT NULL) AND (status = ANY (ARRAY['active'::text, 'charged_off'::text])) AND (past_due_minor > 0) AND (NOT (EXISTS ( SELECT
           FROM promises p
          WHERE ((p.borrower_id = l.borrower_id) AND (p.loan_no = l.loan_no) AND (p.outcome IS NULL) AND (p.replaced_on IS NULL))))) AND (NOT (EXISTS ( SELECT
           FROM plans p
          WHERE ((p.borrower_id = l.borrower_id) AND (p.loan_no = l.loan_no) AND (p.agreed_on IS NOT NULL) AND (p.outcome IS NULL))))) AND (NOT (EXISTS ( SELECT
           FROM settlements s
          WHERE ((s.borrower_id = l.borrower_id) AND (s.loan_no = l.loan_no) AND (s.accepted_on IS NOT NULL) AND ((s.outcome IS NULL) OR (s.outcome = 'completed'::text)))))) AND (NOT (EXISTS ( SELECT
           FROM holds h
          WHERE ((h.borrower_id = l.borrower_id) AND ((h.debts IS NULL) OR (l.loan_no = ANY (h.debts))) AND (NOT (EXISTS ( SELECT
                   FROM hold_releases r
                  WHERE ((r.borrower_id = h.borrower_id) AND (r.kind = h.kind) AND (r.at >= h.at) AND ((r.debts IS NULL) OR (l.loan_no = ANY (r.debts))))))))))));

create view money_moved as
 SELECT m.borrower_id,
    m.loan_no,
    m.movement_no,
    m.on_date,
    m.kind,
    m.reason,
    COALESCE(m.part,
        CASE
            WHEN (m.kind = ANY (ARRAY['fee'::text, 'interest'::text, 'penalty'::text])) THEN m.kind
            ELSE NULL::text
        END) AS part,
    (sum(e.amount_minor))::bigint AS change_minor
   FROM (movements m
     JOIN entries e ON (((e.borrower_id = m.borrower_id) AND (e.loan_no = m.loan_no) AND (e.movement_no = m.movement_no))))
  WHERE (e.account = ANY (ARRAY['receivable'::text, 'charged_off'::text]))
  GROUP BY m.borrower_id, m.loan_no, m.movement_no, m.on_date, m.kind, m.reason, m.part
 HAVING ((sum(e.amount_minor) <> (0)::numeric) OR (m.kind = ANY (ARRAY['charge_off'::text, 'charge_off_undone'::text])))
UNION ALL
 SELECT p.borrower_id,
    p.loan_no,
    ('payment:'::text || p.payment_no) AS movement_no,
    p.paid_on AS on_date,
        CASE
            WHEN ((l.status IS DISTINCT FROM 'charged_off'::text) AND (NOT (EXISTS ( SELECT
               FROM charge_offs_in_force c
              WHERE ((c.borrower_id = p.borrower_id) AND (c.loan_no = p.loan_no)))))) THEN p.kind
            WHEN (p.kind = 'payment'::text) THEN 'recovery'::text
            ELSE 'recovery_reversal'::text
        END AS kind,
    NULL::text AS reason,
    NULL::text AS part,
        CASE p.kind
            WHEN 'payment'::text THEN (- p.amount_minor)
            ELSE p.amount_minor
        END AS change_minor
   FROM (payments p
     LEFT JOIN loans l ON (((l.borrower_id = p.borrower_id) AND (l.loan_no = p.loan_no))))
  WHERE (NOT (EXISTS ( SELECT
           FROM movements m
          WHERE ((m.borrower_id = p.borrower_id) AND (m.loan_no = p.loan_no) AND (m.movement_no = ('payment:'::text || p.payment_no))))));

create view money_received as
 SELECT payments.borrower_id,
    payments.loan_no,
    payments.paid_on AS counted_on,
    payments.amount_minor,
    payments.loaded_as_of
   FROM payments
  WHERE (payments.kind = 'payment'::text)
UNION ALL
 SELECT r.borrower_id,
    r.loan_no,
    COALESCE(p.paid_on, r.paid_on) AS counted_on,
    (- r.amount_minor) AS amount_minor,
    r.loaded_as_of
   FROM (payments r
     LEFT JOIN payments p ON (((p.borrower_id = r.borrower_id) AND (p.payment_no = r.reverses))))
  WHERE (r.kind = 'reversal'::text);

create view packs_in_force as
 SELECT pack,
    pack_version,
    own_zone,
    applies_from AS from_on,
    lead(applies_from, 1, 'infinity'::date) OVER (PARTITION BY pack ORDER BY applies_from, loaded_at, version) AS to_on
   FROM packs
  WHERE in_use;

create view past_due_beyond_grace as
 SELECT p.borrower_id,
    p.loan_no,
    p.valid_from,
    LEAST(p.valid_to, s.settled_on) AS valid_to,
    GREATEST(e.effective_from, day_of_count(p.oldest_due_on, e.day_origin, p.paused, (e.grace_days + 1))) AS beyond_grace_from,
    p.ends_by
   FROM ((positions p
     JOIN bucket_edges e ON ((((e.lender = p.lender) AND (e.product = p.product)) AND (e.rank = 1))))
     LEFT JOIN ( SELECT settlements.borrower_id,
            settlements.loan_no,
            min(settlements.ended_on) AS settled_on
           FROM settlements
          WHERE (settlements.outcome = 'completed'::text)
          GROUP BY settlements.borrower_id, settlements.loan_no) s ON (((s.borrower_id = p.borrower_id) AND (s.loan_no = p.loan_no))))
  WHERE ((p.oldest_due_on IS NOT NULL) AND (p.status = ANY (ARRAY['active'::text, 'charged_off'::text])) AND (p.valid_to > e.effective_from) AND (day_of_count(p.oldest_due_on, e.day_origin, p.paused, (e.grace_days + 1)) < e.effective_to) AND ((s.settled_on IS NULL) OR (p.valid_from < s.settled_on)));

create view paused_days as
 SELECT borrower_id,
    loan_no,
    range_agg(daterange(from_on, COALESCE(resumed_on, to_on), '(]'::text)) AS paused
   FROM pauses
  GROUP BY borrower_id, loan_no;

create view performing_plans as
 SELECT borrower_id,
    loan_no,
    plan_no,
    agreed_on
   FROM plans
  WHERE ((agreed_on IS NOT NULL) AND (outcome IS NULL));

create view positions as
 SELECT t.borrower_id,
    t.loan_no,
    t.lender,
    t.product,
    t.currency,
    t.valid_from,
    t.valid_to,
    t.status,
    t.outstanding_minor,
    t.past_due_minor,
    t.oldest_due_on,
    t.principal_minor,
    t.interest_minor,
    t.penalty_minor,
    t.fees_minor,
    t.valid_to AS ends_by,
    d.paused
   FROM (tape_positions t
     LEFT JOIN paused_days d ON (((d.borrower_id = t.borrower_id) AND (d.loan_no = t.loan_no))))
  WHERE (NOT (EXISTS ( SELECT
           FROM moved_positions m
          WHERE ((m.borrower_id = t.borrower_id) AND (m.loan_no = t.loan_no) AND (m.position_from = t.valid_from)))))
UNION ALL
 SELECT m.borrower_id,
    m.loan_no,
    t.lender,
    t.product,
    t.currency,
    m.valid_from,
    LEAST(m.valid_to, t.valid_to) AS valid_to,
    t.status,
    m.outstanding_minor,
    m.past_due_minor,
    m.oldest_due_on,
    t.principal_minor,
    t.interest_minor,
    t.penalty_minor,
    t.fees_minor,
    m.valid_to AS ends_by,
    d.paused
   FROM ((moved_positions m
     LEFT JOIN paused_days d ON (((d.borrower_id = m.borrower_id) AND (d.loan_no = m.loan_no))))
     CROSS JOIN LATERAL ( SELECT tape_positions.borrower_id,
            tape_positions.loan_no,
            tape_positions.lender,
            tape_positions.product,
            tape_positions.currency,
            tape_positions.valid_from,
            tape_positions.valid_to,
            tape_positions.status,
            tape_positions.outstanding_minor,
            tape_positions.past_due_minor,
            tape_positions.oldest_due_on,
            tape_positions.principal_minor,
            tape_positions.interest_minor,
            tape_positions.penalty_minor,
            tape_positions.fees_minor
           FROM tape_positions
          WHERE ((tape_positions.borrower_id = m.borrower_id) AND (tape_positions.loan_no = m.loan_no) AND (tape_positions.valid_from = m.position_from))
         LIMIT 1) t)
  WHERE (m.valid_from < t.valid_to);

create view risk_segments as
 SELECT p.borrower_id,
    p.loan_no,
    p.valid_from,
    p.valid_to,
    e.pack,
    e.risk_class,
    GREATEST(p.valid_from, s.effective_from, passed.on_day) AS starts_on,
    LEAST(p.valid_to, s.effective_to) AS ends_on,
    p.ends_by
   FROM (((((settings_in_force s
     CROSS JOIN LATERAL jsonb_array_elements_text(s.value) named(pack))
     JOIN positions p ON (((p.lender = s.lender) AND (p.product = s.product))))
     JOIN loans l USING (borrower_id, loan_no))
     JOIN risk_class_edges e ON (((e.pack = named.pack) AND (e.card = (p.product = 'card'::text)) AND (e.secured = COALESCE(l.secured, false)))))
     CROSS JOIN LATERAL ( SELECT (COALESCE((p.oldest_due_on + e.after_days), ((p.oldest_due_on + make_interval(months => e.after_months)))::date) + 1) AS on_day) passed)
  WHERE ((s.name = 'packs'::text) AND (p.oldest_due_on IS NOT NULL) AND (p.status = ANY (ARRAY['active'::text, 'charged_off'::text])) AND (GREATEST(p.valid_from, s.effective_from, passed.on_day) < LEAST(p.valid_to, s.effective_to)));

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

create view tape_positions as
 SELECT loans.borrower_id,
    loans.loan_no,
    loans.lender,
    loans.product,
    loans.currency,
    loans.position_from AS valid_from,
    'infinity'::date AS valid_to,
    loans.status,
    loans.outstanding_minor,
    loans.past_due_minor,
    loans.oldest_due_on,
    loans.principal_minor,
    loans.interest_minor,
    loans.penalty_minor,
    loans.fees_minor
   FROM loans
UNION ALL
 SELECT loan_positions.borrower_id,
    loan_positions.loan_no,
    loan_positions.lender,
    loan_positions.product,
    loan_positions.currency,
    loan_positions.valid_from,
    loan_positions.valid_to,
    loan_positions.status,
    loan_positions.outstanding_minor,
    loan_positions.past_due_minor,
    loan_positions.oldest_due_on,
    loan_positions.principal_minor,
    loan_positions.interest_minor,
    loan_positions.penalty_minor,
    loan_positions.fees_minor
   FROM loan_positions;

create view tapes as
 SELECT DISTINCT unnest(lenders) AS lender,
    as_of
   FROM loads
  WHERE ((kind = 'loans'::text) AND (state = 'applied'::text) AND (mode = 'full'::text));

policy binds on house_exceptions for SELECT to {amends_desk} using (true) with check ();

policy binds on template_approvals for SELECT to {amends_desk} using (true) with check ();

policy binds on template_withdrawals for SELECT to {amends_desk} using (true) with check ();

policy binds on text_templates for SELECT to {amends_desk} using (true) with check ();

policy colleagues on staff for SELECT to {amends_desk} using ((( SELECT sees_colleagues() AS sees_colleagues) OR (id = ( SELECT asking_staff_id() AS asking_staff_id)) OR (EXISTS ( SELECT
   FROM team_members m
  WHERE ((m.staff_id = staff.id) AND (m.left_at IS NULL) AND (m.team_id = ANY (( SELECT teams_seen() AS teams_seen)::text[]))))))) with check ();

policy colleagues on staff_departures for SELECT to {amends_desk} using ((( SELECT sees_colleagues() AS sees_colleagues) OR (EXISTS ( SELECT
   FROM staff s
  WHERE (s.id = staff_departures.staff_id))))) with check ();

policy colleagues on staff_roles for SELECT to {amends_desk} using ((( SELECT sees_colleagues() AS sees_colleagues) OR (EXISTS ( SELECT
   FROM staff s
  WHERE (s.id = staff_roles.staff_id))))) with check ();

policy colleagues on team_members for SELECT to {amends_desk} using ((( SELECT sees_colleagues() AS sees_colleagues) OR (staff_id = ( SELECT asking_staff_id() AS asking_staff_id)) OR (team_id = ANY (( SELECT teams_seen() AS teams_seen)::text[])))) with check ();

policy colleagues on team_portfolios for SELECT to {amends_desk} using (( SELECT sees_colleagues() AS sees_colleagues)) with check ();

policy colleagues on teams for SELECT to {amends_desk} using ((( SELECT sees_colleagues() AS sees_colleagues) OR (EXISTS ( SELECT
   FROM team_members m
  WHERE (m.team_id = teams.team_id))))) with check ();

policy colleagues on training_certificates for SELECT to {amends_desk} using ((( SELECT sees_colleagues() AS sees_colleagues) OR (EXISTS ( SELECT
   FROM staff s
  WHERE (s.id = training_certificates.staff_id))))) with check ();

policy given on authority_limits for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy kept on agency_standings for INSERT to {amends_desk} using () with check (( SELECT may('conduct.write'::text) AS may));

policy kept on house_exceptions for INSERT to {amends_desk} using () with check (( SELECT may('conduct.write'::text) AS may));

policy kept on machine_tokens for ALL to {amends_desk} using (( SELECT may('tokens.write'::text) AS may)) with check ();

policy kept on staff for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy kept on staff_departures for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy kept on staff_roles for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy kept on team_members for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy kept on team_portfolios for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy kept on teams for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy kept on template_approvals for INSERT to {amends_desk} using () with check (( SELECT may('conduct.write'::text) AS may));

policy kept on template_withdrawals for INSERT to {amends_desk} using () with check (( SELECT may('conduct.write'::text) AS may));

policy kept on text_templates for INSERT to {amends_desk} using () with check (( SELECT may('conduct.write'::text) AS may));

policy kept on training_certificates for ALL to {amends_desk} using (( SELECT may('staff.write'::text) AS may)) with check ();

policy of_agency on agency_standings for SELECT to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR ( SELECT sees_colleagues() AS sees_colleagues) OR (( SELECT lenders_seen() AS lenders_seen) <> '{}'::text[]) OR (agency = ANY (( SELECT agencies_seen() AS agencies_seen)::text[])))) with check ();

policy of_agency on authority_rules for SELECT to {amends_desk} using (((agency = ''::text) OR ( SELECT sees_all() AS sees_all) OR ( SELECT sees_colleagues() AS sees_colleagues) OR (agency = ANY (( SELECT agencies_seen() AS agencies_seen)::text[])))) with check ();

policy of_lenders on loads for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lenders && ( SELECT lenders_seen() AS lenders_seen)) OR (EXISTS ( SELECT
   FROM jsonb_to_recordset(( SELECT portfolios_seen() AS portfolios_seen)) p(lender text)
  WHERE (p.lender = ANY (loads.lenders)))) OR (( SELECT agencies_seen() AS agencies_seen) <> '{}'::text[]) OR (( SELECT handed_to() AS handed_to) <> ''::text))) with check ();

policy of_lenders on loan_kinds for SELECT to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (lender IN ( SELECT p.lender
   FROM jsonb_to_recordset(( SELECT portfolios_seen() AS portfolios_seen)) p(lender text))))) with check ();

policy own on authority_limits for SELECT to {amends_desk} using (((staff_id = current_setting('amends.staff_id'::text, true)) OR ( SELECT may('staff.read'::text) AS may))) with check ();

policy people on affordability_statements for ALL to {amends_desk} using (( SELECT may_see_people() AS may_see_people)) with check ();

policy people on agreements for ALL to {amends_desk} using (( SELECT may_see_people() AS may_see_people)) with check ();

policy people on bank_statements for ALL to {amends_desk} using (( SELECT may('payments.write'::text) AS may)) with check ();

policy people on borrowers for ALL to {amends_desk} using (( SELECT may_see_people() AS may_see_people)) with check ();

policy people on contact_points for ALL to {amends_desk} using (( SELECT may_see_people() AS may_see_people)) with check ();

policy people on hardship_requests for ALL to {amends_desk} using (( SELECT may_see_people() AS may_see_people)) with check ();

policy people on load_rejects for ALL to {amends_desk} using (( SELECT may('loads.write'::text) AS may)) with check ();

policy people on statement_lines for ALL to {amends_desk} using (( SELECT may('payments.write'::text) AS may)) with check ();

policy read on audit_entries for SELECT to {amends_desk} using (( SELECT may('audit.read'::text) AS may)) with check ();

policy read on audit_seals for SELECT to {amends_desk} using (( SELECT may('audit.read'::text) AS may)) with check ();

policy seen on affordability_statements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = affordability_statements.borrower_id))))) with check ();

policy seen on agreed_windows for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = agreed_windows.borrower_id))))) with check ();

policy seen on agreements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = agreements.borrower_id))))) with check ();

policy seen on approvals for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = approvals.borrower_id))))) with check ();

policy seen on asked_contacts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = asked_contacts.borrower_id))))) with check ();

policy seen on balance_differences for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = balance_differences.borrower_id))))) with check ();

policy seen on bank_statements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])))) with check ();

policy seen on borrower_packs for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = borrower_packs.borrower_id))))) with check ();

policy seen on borrowers for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (( SELECT sees_single_borrowers() AS sees_single_borrowers) AND (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = borrowers.borrower_id)))))) with check ();

policy seen on cases for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = cases.borrower_id))))) with check ();

policy seen on claim_parts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = claim_parts.borrower_id))))) with check ();

policy seen on consent_revocations for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = consent_revocations.borrower_id))))) with check ();

policy seen on consents for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = consents.borrower_id))))) with check ();

policy seen on contact_attempts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = contact_attempts.borrower_id))))) with check ();

policy seen on contact_points for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = contact_points.borrower_id))))) with check ();

policy seen on contact_proposals for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = contact_proposals.borrower_id))))) with check ();

policy seen on debt_traits for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = debt_traits.borrower_id))))) with check ();

policy seen on delinquencies for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = delinquencies.borrower_id))))) with check ();

policy seen on delinquency_corrections for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = delinquency_corrections.borrower_id))))) with check ();

policy seen on disputed_instalments for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = disputed_instalments.borrower_id))))) with check ();

policy seen on disputed_parts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = disputed_parts.borrower_id))))) with check ();

policy seen on entered_movements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = entered_movements.borrower_id))))) with check ();

policy seen on entries for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = entries.borrower_id))))) with check ();

policy seen on events for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = events.borrower_id))))) with check ();

policy seen on handovers for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (EXISTS ( SELECT
   FROM borrowers_in_portfolios s
  WHERE (s.borrower_id = handovers.borrower_id))) OR ((ended_at IS NULL) AND (staff_id = ( SELECT handed_to() AS handed_to))))) with check ();

policy seen on hardship_requests for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = hardship_requests.borrower_id))))) with check ();

policy seen on hold_releases for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = hold_releases.borrower_id))))) with check ();

policy seen on holds for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = holds.borrower_id))))) with check ();

policy seen on incidents for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = incidents.borrower_id))))) with check ();

policy seen on inconveniences for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = inconveniences.borrower_id))))) with check ();

policy seen on instalments for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = instalments.borrower_id))))) with check ();

policy seen on load_rejects for ALL to {amends_desk} using (true) with check ();

policy seen on loan_positions for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (( SELECT sees_single_borrowers() AS sees_single_borrowers) AND (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = loan_positions.borrower_id)))))) with check ();

policy seen on loans for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (( SELECT sees_single_borrowers() AS sees_single_borrowers) AND (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = loans.borrower_id)))))) with check ();

policy seen on moved_positions for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = moved_positions.borrower_id))))) with check ();

policy seen on movements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = movements.borrower_id))))) with check ();

policy seen on notices_given for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = notices_given.borrower_id))))) with check ();

policy seen on notices_returned for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = notices_returned.borrower_id))))) with check ();

policy seen on opt_outs for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = opt_outs.borrower_id))))) with check ();

policy seen on outside_contacts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = outside_contacts.borrower_id))))) with check ();

policy seen on party_places for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = party_places.borrower_id))))) with check ();

policy seen on pauses for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = pauses.borrower_id))))) with check ();

policy seen on payments for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (( SELECT sees_single_borrowers() AS sees_single_borrowers) AND (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = payments.borrower_id)))))) with check ();

policy seen on placements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (EXISTS ( SELECT
   FROM borrowers_in_portfolios s
  WHERE (s.borrower_id = placements.borrower_id))) OR ((recalled_at IS NULL) AND (agency = ANY (( SELECT agencies_seen() AS agencies_seen)::text[]))))) with check ();

policy seen on plan_instalments for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = plan_instalments.borrower_id))))) with check ();

policy seen on planned_contacts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = planned_contacts.borrower_id))))) with check ();

policy seen on planned_refusals for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = planned_refusals.borrower_id))))) with check ();

policy seen on plans for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = plans.borrower_id))))) with check ();

policy seen on portal_sessions for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = portal_sessions.borrower_id))))) with check ();

policy seen on promise_rejudgements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = promise_rejudgements.borrower_id))))) with check ();

policy seen on promises for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = promises.borrower_id))))) with check ();

policy seen on quotes for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = quotes.borrower_id))))) with check ();

policy seen on risk_classes for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = risk_classes.borrower_id))))) with check ();

policy seen on settlements for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = settlements.borrower_id))))) with check ();

policy seen on statement_lines for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])))) with check ();

policy seen on stop_notices for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = stop_notices.borrower_id))))) with check ();

policy seen on stops for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = stops.borrower_id))))) with check ();

policy seen on tape_confirmations for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = tape_confirmations.borrower_id))))) with check ();

policy seen on third_party_refusals for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = third_party_refusals.borrower_id))))) with check ();

policy seen on unreachabilities for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = unreachabilities.borrower_id))))) with check ();

policy seen on untold_loans for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = untold_loans.borrower_id))))) with check ();

policy seen on verdicts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = verdicts.borrower_id))))) with check ();

policy seen on virtual_accounts for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = virtual_accounts.borrower_id))))) with check ();

policy seen on waivers for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = waivers.borrower_id))))) with check ();

policy seen on work_today for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (( SELECT sees_single_borrowers() AS sees_single_borrowers) AND (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = work_today.borrower_id)))))) with check ();

policy seen on worklist_items for ALL to {amends_desk} using ((( SELECT sees_all() AS sees_all) OR (lender = ANY (( SELECT lenders_seen() AS lenders_seen)::text[])) OR (( SELECT sees_single_borrowers() AS sees_single_borrowers) AND (EXISTS ( SELECT
   FROM borrowers_seen s
  WHERE (s.borrower_id = worklist_items.borrower_id)))))) with check ();

policy written on audit_entries for INSERT to {amends_desk} using () with check ((staff_id = ( SELECT asking_staff_id() AS asking_staff_id)));
