-- What is written goes out in a text that somebody with the right approved for the pack, the channel and
-- the day, or not at all (CN-C5, TW-N3): a text of one's own, or a template that was not approved, that is
-- not yet, no longer, or that was withdrawn, is refused. So is a contact that is made and names no text,
-- where a pack knows approved texts only (CN-C5, TW-N3 for letters); elsewhere the house warns. Of a plan
-- nobody knows the text yet.
drop view if exists refused_unapproved_text cascade;
create view refused_unapproved_text as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('template', q.template, 'own_text', q.free_text) as evidence,
       null::text as next_allowed_at
  from rule_questions q
 where q.check_kind = 'template_approved'
   and (q.free_text
        or q.template <> ''
           and not exists (
             select
               from text_templates t
               join template_approvals a on a.template = t.template and a.version = t.version
              where t.template = split_part(q.template, '@', 1)
                and t.version::text = split_part(q.template, '@', 2)
                and t.channel = q.channel
                and (split_part(q.pack_version, '@', 1) = 'house'
                     or split_part(q.pack_version, '@', 1) = any (t.packs))
                and q.on_date between a.from_on and a.to_on
                and a.approved_at <= least(q.at, q.known_at)
                and not exists (
                  select from template_withdrawals w
                   where w.template = a.template
                     and w.version = a.version
                     and w.withdrawn_at >= a.approved_at
                     and w.withdrawn_at <= least(q.at, q.known_at))))
union all
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('template', 'unknown'), null
  from rule_questions q
 where q.check_kind = 'template_named'
   and q.stage = 'dispatch'
   and q.template = ''
   and not q.free_text;

-- Nobody is visited who has not agreed to it, until that is taken back.
drop view if exists refused_unagreed_visit cascade;
create view refused_unagreed_visit as
select q.borrower_id, q.proposal_id, q.pack_version, q.rule_id,
       jsonb_build_object('consent', 'unknown') as evidence, null::text as next_allowed_at
  from rule_questions q
 where q.check_kind = 'visit_agreed'
   and not exists (
     select from consents k
      where k.borrower_id = q.borrower_id
        and k.channel = 'visit'
        and k.at <= q.at
        and k.recorded_at <= q.known_at
        and (k.party, k.party_id) = (q.party, q.party_id)
        and (k.debts is null or k.debts @> q.debts)
        and (k.on_dates is null or q.on_date = any (k.on_dates))
        and not exists (
          select from consent_ends e
           where e.borrower_id = k.borrower_id
             and e.consent_id = k.consent_id
             and e.revoked
             and e.at <= q.at
             and e.recorded_at <= q.known_at));
