-- What was known about a borrower at a moment, in few words: the ids of the facts that a verdict had
-- before it.
drop view if exists facts_known cascade;
create view facts_known as
select p.borrower_id, p.proposal_id,
       jsonb_strip_nulls(jsonb_build_object(
         'contacts', (
           select jsonb_agg(c.contact_id order by c.at)
             from contacts c
            where c.borrower_id = p.borrower_id and c.at <= p.at and c.at > p.at - interval '30 days'),
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
           select jsonb_agg(f.place_id) from party_places f where f.borrower_id = p.borrower_id)
       )) as facts
  from contact_proposals p;
