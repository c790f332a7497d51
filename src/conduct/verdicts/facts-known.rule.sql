-- What was known about a borrower at a moment, in few words: the ids of the facts that a verdict had
-- before it; and as the book said it then what it does not remember: the product of each debt, how promises
-- stood (replay reads them from here).
drop view if exists facts_known cascade;
create view facts_known as
select p.borrower_id, p.proposal_id,
       jsonb_strip_nulls(jsonb_build_object(
         'contacts', (
           select jsonb_agg(c.contact_id order by c.at)
             from contacts c
            where c.borrower_id = p.borrower_id
              and c.at <= p.at
              -- what the caps count; who is asked to locate, what a bureau hears, an answer and the like look
              -- further back, at that person and at the debtor (CN-P2, US-D3, US-B1, US-M4)
              and (c.at > p.at - interval '30 days'
                   or (p.party <> 'debtor' or p.purpose <> 'collect' or p.place = 'work'
                       or p.channel in ('bureau_report', 'placement'))
                      and (c.party, c.party_id) in ((p.party, p.party_id), ('debtor', '')))),
         'holds', (select jsonb_agg(f.hold_id) from holds f where f.borrower_id = p.borrower_id),
         'hold_releases', (
           select jsonb_agg(f.release_id) from hold_releases f where f.borrower_id = p.borrower_id),
         'consents', (select jsonb_agg(f.consent_id) from consents f where f.borrower_id = p.borrower_id),
         'consent_revocations', (
           select jsonb_agg(f.revocation_id) from consent_revocations f where f.borrower_id = p.borrower_id),
         'agreed_windows', (
           select jsonb_agg(f.window_id) from agreed_windows f where f.borrower_id = p.borrower_id),
         'inconveniences', (
           select jsonb_agg(f.inconvenience_id) from inconveniences f where f.borrower_id = p.borrower_id),
         'opt_outs', (select jsonb_agg(f.opt_out_id) from opt_outs f where f.borrower_id = p.borrower_id),
         'third_party_refusals', (
           select jsonb_agg(f.refusal_id) from third_party_refusals f where f.borrower_id = p.borrower_id),
         'unreachabilities', (
           select jsonb_agg(f.evidence_id) from unreachabilities f where f.borrower_id = p.borrower_id),
         'notices_given', (
           select jsonb_agg(f.notice_id) from notices_given f where f.borrower_id = p.borrower_id),
         'notices_returned', (
           select jsonb_agg(f.return_id) from notices_returned f where f.borrower_id = p.borrower_id),
         'claim_parts', (
           select jsonb_agg(f.claim_part_id) from claim_parts f where f.borrower_id = p.borrower_id),
         'party_places', (
           select jsonb_agg(f.place_id) from party_places f where f.borrower_id = p.borrower_id),
         'debt_traits', (
           select jsonb_agg(f.trait_id)
             from debt_traits f
            where f.borrower_id = p.borrower_id and f.superseded_at is null),
         'portal_sessions', (
           select (array_agg(f.session_id order by f.at desc, f.ordinal desc))[1:1]
             from portal_sessions f
            where f.borrower_id = p.borrower_id),
         'exceptions', (
           select jsonb_agg(f.exception_id)
             from rules_set_aside f
            where f.borrower_id = p.borrower_id and f.proposal_id = p.proposal_id),
         'certificates', (
           select jsonb_agg(jsonb_build_array(f.certificate, f.passed_on))
             from training_certificates f
            where f.staff_id = p.staff_id and f.lapses_on >= p.law_on),
         'agency_standing', (
           select max(f.recorded_at)
             from agency_standings f
            where f.agency = split_part(p.placed_by, ':', 2) and coalesce(f.at, f.recorded_at) <= p.at),
         'template_approvals', (
           select jsonb_agg(f.approved_at)
             from template_approvals f
            where f.template = split_part(p.template, '@', 1)
              and f.version::text = split_part(p.template, '@', 2)),
         'template_withdrawals', (
           select jsonb_agg(f.withdrawn_at)
             from template_withdrawals f
            where f.template = split_part(p.template, '@', 1)
              and f.version::text = split_part(p.template, '@', 2)),
         'products', coalesce((
           select jsonb_object_agg(l.loan_no, l.product)
             from loans l
            where l.borrower_id = p.borrower_id and l.loan_no = any (p.debts)), '{}'),
         'promises', (
           select jsonb_agg(jsonb_build_object(
                    'loan_no', f.loan_no, 'promise_no', f.promise_no, 'made_on', f.made_on, 'due_on',
                    f.due_on,
                    'counts_until', f.counts_until, 'taken_at', f.taken_at, 'outcome', f.outcome, 'judged_on',
                    f.judged_on))
             from promises f
            where f.borrower_id = p.borrower_id
              and f.loan_no = any (p.debts)
              -- in whatever zone the person is
              and f.counts_until >= (p.at at time zone 'UTC')::date - 1)
       )) as facts
  from contact_proposals p;

-- The same of one proposal, by a plan that is kept and with the rights of its owner (decision 0007): planning
-- it anew takes longer than reading it, and what a rule read is named whether or not the asker may read it.
-- It answers ids, dates and states, no personal data.
create or replace function facts_known_to(borrower bigint, proposal uuid) returns jsonb
  language plpgsql stable security definer
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set search_path = public, pg_temp
as $$
begin
  return (select k.facts from facts_known k where k.borrower_id = borrower and k.proposal_id = proposal);
end $$;
