-- While a promise is open nobody asks for what was promised: from the moment it was taken to the last day on
-- which money counts, or until it is kept, broken or cancelled. Whoever answers, gives a notice that law asks
-- for or ends the matter may. The house refuses (HOUSE-P1); where that is set aside it warns (HOUSE-P2).

-- How promises stand, and how they stood for each verdict that is asked again: the book keeps how they ended,
-- not how they stood before.
drop view if exists promises_read cascade;
create view promises_read as
select borrower_id, null::uuid as proposal_id, loan_no, promise_no, made_on, due_on, counts_until, taken_at,
       outcome, judged_on
  from promises
union all
select p.borrower_id, p.proposal_id, r.loan_no, r.promise_no, r.made_on, r.due_on, r.counts_until, r.taken_at,
       r.outcome, r.judged_on
  from contact_proposals p
 cross join lateral jsonb_populate_recordset(null::promises, p.as_read -> 'promises') r
 where p.as_read is not null;

drop view if exists refused_promised cascade;
create view refused_promised as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object(
         'debt', p.loan_no, 'promise_no', p.promise_no, 'due_on', p.due_on, 'counts_until', p.counts_until)
         as evidence,
       to_char(p.counts_until + 1, 'YYYY-MM-DD"T"HH24:MI') as next_allowed_at
  from promises_read p
  join rule_questions q
    on q.borrower_id = p.borrower_id
   and p.proposal_id is not distinct from case when q.as_read is not null then q.proposal_id end
   and p.loan_no = any (q.debts)
   and coalesce(p.taken_at, p.made_on + interval '1 day') <= least(q.at, q.known_at)
   and p.counts_until >= q.on_date
   and (p.outcome is null or p.judged_on > q.on_date)
 where q.check_kind = 'promise_open'
   and q.answered_at is null
   and q.portal_state is distinct from 'open';
