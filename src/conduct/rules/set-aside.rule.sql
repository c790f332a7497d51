-- House rules that somebody with the role has set aside: from the signature on, whatever days it names.
drop view if exists rules_set_aside cascade;
create view rules_set_aside as
select p.borrower_id, p.proposal_id, e.rule_id, e.exception_id
  from contact_proposals p
  join house_exceptions e
    on p.law_on between e.from_on and e.to_on
   and e.signed_at <= least(p.at, p.known_at)
   and e.lender in ('', p.of_lender)
   and (e.product = '' or p.products = array[e.product]);
