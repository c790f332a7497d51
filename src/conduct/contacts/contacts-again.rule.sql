-- What was done, as the question that it would be today with all that is known by now. Ours are judged by
-- the packs of their verdict; the columns are those of contact_proposals.
drop view if exists attempts_again cascade;
create view attempts_again as
select a.borrower_id, q.proposal_id, a.at, q.known_at, q.law_on, q.pack_versions, q.of_lender, q.products,
       coalesce(w.zones, q.zones) as zones, coalesce(w.doubtful, q.zone_doubtful) as zone_doubtful,
       q.channel, q.debts, q.party, q.party_id, q.address, q.place, q.purpose,
       q.placed_by, q.staff_id, q.stage, q.visitors, q.automated, q.one_way, q.contact_id,
       q.template, q.free_text, q.claim_parts, q.asks, q.as_read
  from contact_attempts a
  join verdicts v on v.borrower_id = a.borrower_id and v.verdict_id = a.verdict_id
 cross join lateral jsonb_populate_record(
   null::contact_proposals,
   v.asked || jsonb_build_object(
     'contact_id', a.attempt_id, 'stage', 'afterwards', 'known_at', 'infinity',
     'as_read', case when v.facts ? 'products' then v.facts end)
 ) as q
  -- where the person was, if that was learnt after the verdict
  left join lateral (
    select case when d.doubtful then '{}' else x.zones end as zones, d.doubtful
      from party_places x
     cross join lateral (select not x.zones <@ array(select k.zone from known_zones k) as doubtful) d
     where x.borrower_id = a.borrower_id
       and x.party = a.party
       and x.party_id = a.party_id
       and x.at <= a.at
       and x.recorded_at > v.decided_at
     order by x.at desc, x.ordinal desc
     limit 1) w on true;

-- Contacts outside our control by the packs of their day; the columns are those of asked_contacts. What the
-- person did is never judged.
drop view if exists outside_again cascade;
create view outside_again as
select borrower_id, contact_id as proposal_id, at, 'afterwards' as stage, channel,
       coalesce(debts, '{}') as debts, party, party_id, address, place, purpose, placed_by,
       null::text as staff_id, visitors, automated, one_way, contact_id,
       '' as template, false as free_text, null::text[] as claim_parts
  from outside_contacts
 where direction = 'out';
