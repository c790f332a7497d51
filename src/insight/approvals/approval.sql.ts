import { sql } from 'kysely'
import type { Db } from '../../platform/database.ts'
import type { WaitingApproval } from './approval.api.ts'

/** What waits for somebody other than its proposer, the oldest first. */
export async function waitingApprovals(
  db: Db,
  staff_id: string,
  asked: { after: readonly [string, string] | null; limit: number },
): Promise<WaitingApproval[]> {
  const [on, key] = asked.after ?? ['-infinity', '']
  const { rows } = await sql<WaitingApproval>`
    with waiting as (
      select 'plan' as kind, borrower_id, loan_no, plan_no::text as no, currency, principal_minor as minor,
             total_minor as of_minor, level_needed, proposed_on, proposed_by, reason,
             'plan:' || loan_no || ':' || plan_no as subject,
             jsonb_build_object('shape', shape,
               'instalments', (select count(*) from plan_instalments n
                                where n.borrower_id = p.borrower_id and n.loan_no = p.loan_no
                                  and n.plan_no = p.plan_no),
               'last_due_on', (select max(due_on) from plan_instalments n
                                where n.borrower_id = p.borrower_id and n.loan_no = p.loan_no
                                  and n.plan_no = p.plan_no)
             ) as detail
        from plans p
       where outcome is null and agreed_on is null and not is_within_authority
      union all
      select 'settlement', borrower_id, loan_no, settlement_no::text, currency, offer_minor, balance_minor,
             level_needed,
             offered_on, offered_by, reason, 'settlement:' || loan_no || ':' || settlement_no,
             jsonb_build_object('expires_on', expires_on, 'pay_by', pay_by)
        from settlements
       where outcome is null and accepted_on is null and not is_within_authority
      union all
      select 'waiver', borrower_id, loan_no, waiver_no::text, currency, amount_minor, part_minor,
             level_needed,
             proposed_on,
             proposed_by, reason, 'waiver:' || loan_no || ':' || waiver_no, jsonb_build_object('part', part)
        from waivers
       where applied_on is null and rejected_on is null and undone_on is null and not is_within_authority
      union all
      select 'movement', e.borrower_id, e.loan_no, e.movement_no, e.currency, e.amount_minor,
             l.outstanding_minor, e.level_needed, e.entered_on, e.entered_by, e.reason,
             'movement:' || e.loan_no || ':' || e.movement_no, jsonb_build_object('kind', e.kind)
        from entered_movements e
        join loans l on l.borrower_id = e.borrower_id and l.loan_no = e.loan_no
       where e.posted_on is null and e.rejected_on is null
    )
    select w.kind, w.borrower_id::text as borrower_id, b.name, b.borrower_no, b.lender, w.loan_no, w.no,
           w.currency,
           to_decimal(w.minor, c.exponent) as amount, to_decimal(w.of_minor, c.exponent) as of,
           w.level_needed,
           w.proposed_on, w.proposed_by, s.name as proposed_by_name, w.reason, w.detail, given.n as approvals,
           w.proposed_by <> ${staff_id} and not given.by_me as may_decide
      from waiting w
      join borrowers b using (borrower_id)
      join currencies c on c.currency = w.currency
      left join staff s on s.id = w.proposed_by
     cross join lateral (
       select count(*) filter (where a.approved) as n, count(*) filter (where not a.approved) as refused,
              coalesce(bool_or(a.approved_by = ${staff_id}), false) as by_me
         from approvals a
        where a.borrower_id = w.borrower_id and a.subject = w.subject) given
     -- two decide at the committee's level, one at any other
     where given.refused = 0 and given.n < case w.level_needed when 'committee' then 2 else 1 end
       and (w.proposed_on, (w.borrower_id || ' ' || w.subject) collate "C") > (${on}::date, ${key})
     order by w.proposed_on, (w.borrower_id || ' ' || w.subject) collate "C"
     limit ${asked.limit + 1}`.execute(db)
  return rows
}
