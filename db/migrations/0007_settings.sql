-- Settings are versioned: the value of a name from a day on, for everybody ('' ''), a lender, or a lender's
-- product.
create table settings (
  lender         text not null default '',
  product        text not null default '',
  name           text not null,
  effective_from date not null,
  value          jsonb not null,
  primary key (lender, product, name, effective_from)
);

insert into settings (name, effective_from, value)
values
  -- the due day itself is day 0
  ('day_origin', '0001-01-01', '0'),
  -- days past due up to which no case is opened
  ('grace_days', '0001-01-01', '0'),
  ('bucket_edges', '0001-01-01', '[
     {"bucket": "M1", "from_days": 1, "to_days": 30},
     {"bucket": "M2", "from_days": 31, "to_days": 60},
     {"bucket": "M3", "from_days": 61, "to_days": 90},
     {"bucket": "M4", "from_days": 91, "to_days": 120},
     {"bucket": "M5", "from_days": 121, "to_days": 150},
     {"bucket": "M6", "from_days": 151, "to_days": 180},
     {"bucket": "M7", "from_days": 181}]'),
  -- the packs of law that bind a lender, strictest wins; none until the lender says so
  ('packs', '0001-01-01', '[]'),
  -- how far a file may move against the one before until a person must accept it; off until set
  ('load_limits', '0001-01-01', '{}');

-- For every lender and product of the book and every setting: which value holds on which days. The most
-- specific setting wins from the day on which it takes effect; a later, more general one does not undo it.
create view settings_in_force as
with candidates as (
  select k.lender, k.product, s.name, s.effective_from, s.value,
         (s.product <> '')::int * 2 + (s.lender <> '')::int as narrowness
    from (select lender, product from loan_kinds union select '', '') k
    join settings s
      on s.lender in ('', k.lender)
     and s.product in ('', k.product)
), winners as (
  select *
    from candidates c
   where not exists (
     select from candidates n
      where n.lender = c.lender
        and n.product = c.product
        and n.name = c.name
        and n.narrowness > c.narrowness
        and n.effective_from <= c.effective_from)
)
select lender, product, name, value, effective_from,
       lead(effective_from, 1, date 'infinity')
         over (partition by lender, product, name order by effective_from, narrowness) as effective_to
  from winners;
