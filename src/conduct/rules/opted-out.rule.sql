-- A medium, an address in any medium, or an address in one medium that the person closed, for every debt:
-- US-M1, 12 CFR 1006.14(h). Free stay one confirmation (none sent in that medium since), one answer to a
-- message of the person's own that came later, what law requires (outside the test's scope), and an open
-- portal session.
drop view if exists opt_out_questions cascade;
create view opt_out_questions as
select q.*, x.opt_out_id, x.at as closed_at, x.ordinal as closed_ordinal,
       -- the newest that closes what the proposal would use: only after that one a confirmation is free
       first_value(x.at) over newest_first as newest_closed_at,
       first_value(x.ordinal) over newest_first as newest_closed_ordinal,
       first_value(x.address) over newest_first as newest_closed
  from opt_outs x
  join rule_questions q
    on q.borrower_id = x.borrower_id
   and x.at <= q.at
   and x.recorded_at <= q.known_at
   and (x.party is null or (x.party, x.party_id) = (q.party, q.party_id))
   and (x.channel is null or x.channel = q.channel)
   and (x.address in ('', q.address)
        -- an unknown address may be the one that was closed
        or q.address = ''
           and (x.channel is not null
                or q.channel = 'message'
                or q.channel = 'email' and x.address like '%@%'
                or q.channel in ('call', 'sms') and x.address not like '%@%'))
 where q.check_kind = 'opted_out'
window newest_first as (
  partition by q.borrower_id, q.proposal_id, q.pack_version, q.rule_id order by x.at desc, x.ordinal desc);

drop view if exists refused_opted_out cascade;
create view refused_opted_out as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('opt_out', q.opt_out_id, 'opted_out_at', q.closed_at) as evidence,
       null::text as next_allowed_at
  from opt_out_questions q
 where q.portal_state is distinct from 'open'
   -- the message that closes it asks for no answer
   and (q.answered_at is null
        or (q.answered_at, q.answered_ordinal) <= (q.closed_at, q.closed_ordinal))
   and (q.purpose <> 'confirm_opt_out'
        or exists (
          select from contacts c
           where c.borrower_id = q.borrower_id
             and c.channel = q.channel
             and c.direction = 'out'
             and c.party = q.party
             and c.party_id = q.party_id
             -- what went to another address confirmed something else
             and (q.newest_closed in ('', c.address) or c.address = '')
             and (c.at, c.ordinal) >= (q.newest_closed_at, q.newest_closed_ordinal)
             and c.at <= q.at
             and c.recorded_at <= q.known_at
             and c.contact_id is distinct from q.contact_id));

-- No e-mail to an address that is known to be the employer's, unless the person wrote from it or agreed
-- to it directly: US-M4, 12 CFR 1006.22(f)(3).
drop view if exists refused_work_email cascade;
create view refused_work_email as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('place', q.place) as evidence, null::text as next_allowed_at
  from rule_questions q
  left join lateral (
    select c.at
      from contacts c
     where c.borrower_id = q.borrower_id
       and c.channel = 'email'
       and c.direction = 'in'
       and c.party = q.party
       and c.party_id = q.party_id
       and c.address = q.address
       and c.at <= q.at
       and c.recorded_at <= q.known_at
     limit 1) w on q.address <> ''
  left join lateral (
    select k.at
      from consents k
     where k.borrower_id = q.borrower_id
       and (k.channel is null or k.channel = 'email')
       and (k.party, k.party_id, k.given_to, k.address) = (q.party, q.party_id, q.placed_by, q.address)
       and k.at <= q.at
       and k.recorded_at <= q.known_at
       and not exists (
         select from consent_ends e
          where e.borrower_id = k.borrower_id
            and e.consent_id = k.consent_id
            and e.revoked
            and e.at <= q.at
            and e.recorded_at <= q.known_at)
     limit 1) g on q.address <> ''
 where q.check_kind = 'work_email'
   and q.place = any (q.places)
   and w.at is null
   and g.at is null;
