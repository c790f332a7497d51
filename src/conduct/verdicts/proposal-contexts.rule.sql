-- What the book knows about a proposal that was just written: all open loans when no debts are named, the
-- zones of the borrower, the packs of lender, product and borrower in the versions that are law on the day. A
-- borrower whom no pack binds keeps none, and one with an unknown pack keeps its name: the rules refuse both.
drop view if exists proposal_contexts cascade;
create view proposal_contexts as
with laws as materialized (
  select * from packs_in_force
), bound as materialized (
  -- the house's own rules come on top of law, never instead of it
  select s.lender, s.product, greatest(s.effective_from, v.from_on) as from_on,
         least(s.effective_to, v.to_on) as to_on, coalesce(v.pack_version, x.pack) as pack_version
    from settings_in_force s
   cross join lateral jsonb_array_elements_text(s.value) as p (pack)
   cross join lateral (values (p.pack), ('house')) x (pack)
    left join laws v on v.pack = x.pack
   where s.name = 'packs'
)
select a.borrower_id, a.proposal_id, d.law_on, k.pack_versions, b.lender, l.products,
       case when z.doubtful then '{}' else b.time_zones end as zones, z.doubtful as zone_doubtful,
       case when a.debts = '{}' then l.debts else a.debts end as debts
  from contact_proposals a
  join borrowers b on b.borrower_id = a.borrower_id
 cross join lateral (
   select exists (
     select from unnest(b.time_zones) n
      where not exists (select from known_zones k where k.zone = n)) as doubtful) z
 cross join lateral (
   select (a.at at time zone
           case when z.doubtful then 'UTC' else coalesce(b.time_zones[1], 'UTC') end)::date as law_on) d
 cross join lateral (
   select coalesce(array_agg(n.loan_no order by n.loan_no collate "C"), '{}') as debts,
          coalesce(array_agg(distinct n.product), '{}') as products
     from loans n
    where n.borrower_id = a.borrower_id
      and case when a.debts = '{}' then n.status in ('active', 'charged_off')
               else n.loan_no = any (a.debts) end) l
 cross join lateral (
   select coalesce(array_agg(distinct n.pack_version), '{}') as pack_versions
     from (
       select f.pack_version
         from bound f
        where f.lender = b.lender
          and f.product = any (l.products)
          and f.from_on <= d.law_on
          and d.law_on < f.to_on
       union all
       select coalesce(v.pack_version, x.pack)
         from borrower_packs w
        cross join lateral (values (w.pack), ('house')) x (pack)
         left join laws v on v.pack = x.pack and v.from_on <= d.law_on and d.law_on < v.to_on
        where w.borrower_id = a.borrower_id
          and d.law_on between w.from_on and w.to_on) n) k
 where a.of_lender = '';

-- Fills it in, for one borrower or (none named) for everybody. A function only so that the plan for one
-- is kept. As the owner, so that it does not change with the person who asks; that person has locked the
-- borrower.
drop function if exists settle_proposals;
create function settle_proposals(borrower bigint) returns void
  language plpgsql volatile security definer
  set plan_cache_mode = force_generic_plan
  set search_path = public
as $$
begin
  if borrower is null then
    update contact_proposals p
       set law_on = c.law_on, pack_versions = c.pack_versions, of_lender = c.lender, products = c.products,
           zones = c.zones, zone_doubtful = c.zone_doubtful, debts = c.debts
      from proposal_contexts c
     where c.borrower_id = p.borrower_id
       and c.proposal_id = p.proposal_id;
  else
    update contact_proposals p
       set law_on = c.law_on, pack_versions = c.pack_versions, of_lender = c.lender, products = c.products,
           zones = c.zones, zone_doubtful = c.zone_doubtful, debts = c.debts
      from proposal_contexts c
     where c.borrower_id = borrower
       and p.borrower_id = borrower
       and c.proposal_id = p.proposal_id;
  end if;
end $$;
