-- The paper that both sides sign: what it says is kept as data, so that the same bytes can be drawn again.

create table agreements (
  borrower_id  bigint not null,
  agreement_no uuid not null default gen_random_uuid(),
  loan_no      text not null,
  plan_no      int not null,
  -- of the drawing: a newer layout never redraws an older agreement
  layout       int not null check (layout > 0),
  language     text not null check (language in ('en', 'zh-Hans', 'zh-Hant')),
  contents     jsonb not null,
  -- of the document as it was drawn first
  sha256       text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  drawn_at     timestamptz not null,
  drawn_by     text not null,
  primary key (borrower_id, agreement_no),
  unique (borrower_id, loan_no, plan_no, language, layout)
);

insert into settings (name, effective_from, value)
values
  -- who signs for the lender, and how money is to be sent: {"name": …, "address": …, "method": {"en": …,
  -- "zh-Hans": …}}
  ('agreement_party', '0001-01-01', '{}');
