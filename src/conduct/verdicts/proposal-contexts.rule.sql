-- What the book knows about a contact that is asked about: all open loans when no debts are named, the zones
-- of the person, the packs of lender, product and borrower in the versions that are law on the day. A
-- borrower whom no pack binds has none, and one with an unknown pack keeps its name: the rules refuse both.
-- The columns are those of contact_proposals.
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
select a.borrower_id, a.proposal_id, a.at, timestamptz 'infinity' as known_at, d.law_on,
       array(
         select distinct v
           from unnest(array_agg(f.pack_version) || w.pack_versions) v
          where v is not null
          order by v) as pack_versions,
       b.lender as of_lender,
       coalesce(array_agg(distinct n.product) filter (where n.product is not null), '{}') as products,
       case when z.doubtful then '{}' else z.zones end as zones, z.doubtful as zone_doubtful, a.channel,
       case when a.debts = '{}' then
              coalesce(array_agg(distinct n.loan_no collate "C") filter (where n.loan_no is not null), '{}')
            else a.debts end as debts,
       a.party, a.party_id, a.address, a.place, a.purpose, a.placed_by, a.staff_id, a.stage, a.visitors,
       a.automated, a.one_way, a.contact_id, a.template, a.free_text, a.claim_parts
  from asked_contacts a
  join borrowers b on b.borrower_id = a.borrower_id
 -- somebody near the borrower may be elsewhere
  left join lateral (
    select (array_agg(x order by x.at desc, x.ordinal desc))[1] as newest
      from party_places x
     where x.borrower_id = a.borrower_id
       and x.party = a.party
       and x.party_id = a.party_id
       and x.at <= a.at) o on true
 -- an aggregate, so that it is worked out once for each
 cross join lateral (
   select count(*) filter (where k.zone is null) > 0 as doubtful,
          coalesce(array_agg(n.zone order by n.place), '{}') as zones
     from unnest(coalesce((o.newest).zones, b.time_zones)) with ordinality n (zone, place)
     left join known_zones k on k.zone = n.zone) z
 cross join lateral (
   select (a.at at time zone
           case when z.doubtful then 'UTC' else coalesce(z.zones[1], 'UTC') end)::date as law_on) d
  left join loans n
    on n.borrower_id = a.borrower_id
   and case when a.debts = '{}' then n.status in ('active', 'charged_off')
            else n.loan_no = any (a.debts) end
  left join bound f
    on f.lender = b.lender and f.product = n.product and f.from_on <= d.law_on and d.law_on < f.to_on
  left join lateral (
    select array_agg(coalesce(v.pack_version, x.pack)) as pack_versions
      from borrower_packs w
     cross join lateral (values (w.pack), ('house')) x (pack)
      left join laws v on v.pack = x.pack and v.from_on <= d.law_on and d.law_on < v.to_on
     where w.borrower_id = a.borrower_id
       and d.law_on between w.from_on and w.to_on) w on true
 group by a.borrower_id, a.proposal_id, b.lender, z.doubtful, z.zones, d.law_on, w.pack_versions;
