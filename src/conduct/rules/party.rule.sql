-- Who may be contacted, and what is never done: CN-P1 to P3, CN-C2, TW-C3, TW-P1, TW-P3, US-P0, US-D3,
-- UK-5, IN-1.

-- What is asked about contacts of certain products: any debt of one is enough. Of an unknown product the
-- narrower rule holds (TW-P3).
drop view if exists product_questions cascade;
create view product_questions as
select q.*
  from rule_questions q
 where q.products is null and q.not_products is null
    or exists (
      select
        from unnest(q.debts) d
        left join debt_traits t
          on t.borrower_id = q.borrower_id
         and t.debt = d
         and t.recorded_at <= q.known_at
         and (t.superseded_at is null or t.superseded_at > q.known_at)
        left join loans l on l.borrower_id = q.borrower_id and l.loan_no = d
       cross join lateral (
         select coalesce(t.product, nullif(case when q.as_read is null then l.product
                                                else q.as_read -> 'products' ->> d end, '')) as product) k
       where (q.products is null or k.product is null or k.product = any (q.products))
         and (q.not_products is null or k.product <> all (q.not_products)));

-- The test's own scope says it all: such a contact is never made.
drop view if exists refused_never cascade;
create view refused_never as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('party', q.party, 'purpose', q.purpose, 'channel', q.channel) as evidence,
       null::text as next_allowed_at
  from product_questions q
 where q.check_kind = 'never';

-- Others may be asked only while the debtor cannot be reached, which is over once the debtor talks with
-- us or writes, or when the debtor has died or lacks capacity (CN-P2, CN-P3).
drop view if exists refused_while_reachable cascade;
create view refused_while_reachable as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('party', q.party, 'debtor', 'reachable') as evidence, null::text as next_allowed_at
  from rule_questions q
 where q.check_kind = 'debtor_unreachable'
   and not exists (
     select from unreachabilities u
      where u.borrower_id = q.borrower_id
        and u.at <= q.at
        and u.recorded_at <= q.known_at
        and not exists (
          select from contacts c
           where c.borrower_id = u.borrower_id
             and c.party = 'debtor'
             and (c.at, c.ordinal) >= (u.at, u.ordinal)
             and c.at <= q.at
             and c.recorded_at <= q.known_at
             and c.contact_id is distinct from q.contact_id
             -- wrote to us, or talked with us: a call of theirs that nobody took is neither
             and case c.channel
                   when 'call' then c.outcome = 'conversation' or c.outcome is null
                                    or c.outcome_recorded_at > q.known_at
                   when 'visit' then c.direction = 'in' or c.outcome = 'conversation'
                                                           and c.outcome_recorded_at <= q.known_at
                   else c.direction = 'in' end))
   and not exists (
     select from holds h
      where h.borrower_id = q.borrower_id
        and h.kind in ('deceased', 'incapacity')
        and h.party = 'debtor'
        and h.at <= q.at
        and h.recorded_at <= q.known_at
        and not exists (
          select from hold_releases r
           where r.borrower_id = h.borrower_id
             and r.kind = h.kind
             and r.party = 'debtor'
             and (r.at, r.ordinal) >= (h.at, h.ordinal)
             and r.at <= q.at
             and r.recorded_at <= q.known_at));

-- Whoever asked not to be contacted again is not, for good (CN-P2, CN-P3, TW-P3).
drop view if exists refused_after_refusal cascade;
create view refused_after_refusal as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('refusal', f.refusal_id, 'asked_at', f.at) as evidence,
         null::text as next_allowed_at
  from product_questions q
  join third_party_refusals f
    on f.borrower_id = q.borrower_id
   and f.party = q.party
   -- somebody who is not named may be the one who asked
   and (f.party_id in (q.party_id, '') or q.party_id = '')
   and f.at <= q.at
   and f.recorded_at <= q.known_at
 where q.check_kind = 'asked_to_stop';

-- One talk for location information with each person (US-D3, 12 CFR 1006.10(c)); whoever asked us to stop
-- was talked to.
drop view if exists refused_second_talk cascade;
create view refused_second_talk as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('talked_at', t.at) as evidence, null::text as next_allowed_at
  from rule_questions q
 cross join lateral (
   select min(x.at) as at
     from (
       select c.at
         from contacts c
        where c.borrower_id = q.borrower_id
          and c.party = q.party
          and (c.party_id in (q.party_id, '') or q.party_id = '')
          and c.at <= q.at
          and c.recorded_at <= q.known_at
          and c.contact_id is distinct from q.contact_id
          and c.channel = 'call'
          and (c.outcome = 'conversation' or c.outcome is null or c.outcome_recorded_at > q.known_at)
       union all
       select f.at
         from third_party_refusals f
        where f.borrower_id = q.borrower_id
          and f.party = q.party
          -- somebody who is not named may be the one who asked
   and (f.party_id in (q.party_id, '') or q.party_id = '')
          and f.at <= q.at
          and f.recorded_at <= q.known_at) x) t
 where q.check_kind = 'talked_before'
   and t.at is not null;

-- Visitors come in pairs; an unknown number is too few (CN-V1).
drop view if exists refused_visitors cascade;
create view refused_visitors as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('visitors', q.visitors, 'visitors_min', q.visitors_min) as evidence,
       null::text as next_allowed_at
  from rule_questions q
 where q.check_kind = 'visitors'
   and coalesce(q.visitors, 0) < q.visitors_min;
