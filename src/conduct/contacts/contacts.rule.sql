-- Every contact that was, ours and others', as the rules count them.
drop view if exists contacts cascade;
create view contacts as
select borrower_id, attempt_id as contact_id, at, ordinal, recorded_at, 'out' as direction, channel, debts,
       party,
       party_id, address, placed_by, purpose, place, automated, one_way, outcome, conversation_debts,
       outcome_recorded_at, null::int as visitors
  from contact_attempts
union all
select borrower_id, contact_id, at, ordinal, recorded_at, direction, channel, debts, party,
       party_id, address, placed_by, purpose, place, automated, one_way, outcome, conversation_debts,
       outcome_recorded_at, visitors
  from outside_contacts;
