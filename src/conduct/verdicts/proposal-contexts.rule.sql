-- What the book knows about a contact that is asked about: all open loans when no debts are named, the zones
-- of the person, the place of the number that is dialled, the packs of lender, product and borrower in the
-- versions that are law on the day, and the tests of rules that are about such a contact. A borrower whom
-- no pack binds has none, and one with an unknown pack keeps its name: the rules refuse both.
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
select a.borrower_id, a.proposal_id, a.at, timestamptz 'infinity' as known_at, d.law_on, v.pack_versions,
       b.lender as of_lender, k.products, case when z.doubtful then '{}' else z.zones end as zones,
       z.doubtful as zone_doubtful, a.channel,
       case when a.debts = '{}' then n.loan_nos else a.debts end as debts,
       a.party, a.party_id, a.address, coalesce(r.place, a.place) as place, a.purpose,
       a.placed_by, a.staff_id, a.stage, a.visitors, a.automated,
       a.one_way, a.contact_id, a.template, a.free_text, a.claim_parts, q.asks, null::jsonb as as_read
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
 -- where a number of the book rings; it is not believed to ring elsewhere
  left join lateral (
    select case when k.party = 'employer' or k.kind = 'work_phone' then 'work'
                when k.kind = 'phone' then 'home'
                else 'mobile' end as place
      from contact_points k
     where a.address <> ''
       and a.channel in ('call', 'sms', 'message')
       and k.borrower_id = a.borrower_id
       and k.kind in ('mobile', 'phone', 'work_phone')
       and is_same_address(k.value, a.address)
     -- a number that is of several kinds rings where one is disturbed most
     order by k.kind desc
     limit 1) r on true
 -- Aggregates, so that each is worked out once for all who have the same zones, the same products of the
 -- same lender, and are asked about in the same way.
 cross join lateral (
   select count(*) filter (where k.zone is null) > 0 as doubtful,
          coalesce(array_agg(t.zone order by t.place), '{}') as zones
     from unnest(coalesce((o.newest).zones, b.time_zones)) with ordinality t (zone, place)
     left join known_zones k on k.zone = t.zone) z
 cross join lateral (
   select (a.at at time zone
           case when z.doubtful then 'UTC' else coalesce(z.zones[1], 'UTC') end)::date as law_on) d
 cross join lateral (
   select array_agg(l.product order by l.loan_no collate "C") as products,
          coalesce(array_agg(l.loan_no order by l.loan_no collate "C"), '{}') as loan_nos
     from loans l
    where l.borrower_id = a.borrower_id
      and case when a.debts = '{}' then l.status in ('active', 'charged_off')
               else l.loan_no = any (a.debts) end) n
 cross join lateral (
   select coalesce(array_agg(distinct f.pack_version) filter (where f.pack_version is not null), '{}')
            as pack_versions,
          coalesce(array_agg(distinct l.product) filter (where l.product is not null), '{}') as products
     from unnest(n.products) l (product)
     left join bound f
       on f.lender = b.lender and f.product = l.product and f.from_on <= d.law_on and d.law_on < f.to_on) k
  left join lateral (
    select array_agg(coalesce(i.pack_version, x.pack)) as pack_versions
      from borrower_packs w
     cross join lateral (values (w.pack), ('house')) x (pack)
      left join laws i on i.pack = x.pack and i.from_on <= d.law_on and d.law_on < i.to_on
     where w.borrower_id = a.borrower_id
       and d.law_on between w.from_on and w.to_on) w on true
 cross join lateral (
   select case when w.pack_versions is null then k.pack_versions
               else array(select distinct u from unnest(k.pack_versions || w.pack_versions) u order by u)
          end as pack_versions) v
 cross join lateral (
   select bit_or(set_bit(o.asks, c.check_no, i.is_so::int)) as asks
     from no_check o
    cross join rule_checks c
    cross join lateral (
      select is_asked(
        c, d.law_on, v.pack_versions, a.channel, a.party, a.purpose, a.placed_by, a.one_way) as is_so) i) q;
