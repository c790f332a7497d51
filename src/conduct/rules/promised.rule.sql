-- While a promise is open nobody asks for what was promised: from the moment it was taken to the last day on
-- which money counts, or until it is kept, broken or cancelled. Whoever answers, gives a notice that law asks
-- for or ends the matter may. The house refuses (HOUSE-P1); where that is set aside it warns (HOUSE-P2).
drop view if exists refused_promised cascade;
create view refused_promised as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object(
         'debt', p.loan_no, 'promise_no', p.promise_no, 'due_on', p.due_on, 'counts_until', p.counts_until)
         as evidence,
       to_char(p.counts_until + 1, 'YYYY-MM-DD"T"HH24:MI') as next_allowed_at
  from promises p
  join rule_questions q
    on q.borrower_id = p.borrower_id
   and p.loan_no = any (q.debts)
   and coalesce(p.taken_at, p.made_on + interval '1 day') <= least(q.at, q.known_at)
   and p.counts_until >= q.on_date
   and (p.outcome is null or p.judged_on > q.on_date)
 where q.check_kind = 'promise_open'
   and q.portal_state is distinct from 'open';
