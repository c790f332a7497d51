-- What ended a consent: its revocation, or a talk with the person about the debt after it was given (12 CFR
-- 1006.14(b)(3)(i), comment -3.ii). An unknown outcome may have been a talk. In one instant the order in
-- which things were told decides.
drop view if exists consent_ends cascade;
create view consent_ends as
select k.borrower_id, k.consent_id, v.at, v.ordinal, v.recorded_at, v.debts, true as revoked
  from consents k
  join consent_revocations v
    on v.borrower_id = k.borrower_id
   and v.party = k.party
   and v.party_id = k.party_id
   and (v.at, v.ordinal) >= (k.at, k.ordinal)
   and (v.channel is null or k.channel is null or v.channel = k.channel)
   and (v.address = '' or k.address = '' or v.address = k.address)
union all
select k.borrower_id, k.consent_id, c.at, c.ordinal, c.recorded_at,
       coalesce(c.conversation_debts, c.debts), false
  from consents k
  join contacts c
    on c.borrower_id = k.borrower_id
   and c.party = k.party
   and c.party_id = k.party_id
   and (c.at, c.ordinal) > (k.at, k.ordinal)
   and c.channel = 'call'
   and coalesce(c.outcome, 'conversation') = 'conversation'
 where k.channel is null or k.channel = 'call';
