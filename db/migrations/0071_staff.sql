-- A portfolio of a team may be narrower than a lender: one product of it, one branch, or both. Empty: all.

alter table team_portfolios
  add column product text not null default '',
  add column branch  text not null default '',
  drop constraint team_portfolios_pkey,
  add primary key (team_id, lender, product, branch);

-- The products and branches of lenders whose borrowers the person of this transaction sees.
create function portfolios_seen() returns jsonb
  language sql stable
  return coalesce(nullif(current_setting('amends.portfolios', true), ''), '[]')::jsonb;

-- The borrowers with a loan in one of them.
create view borrowers_in_portfolios as
select l.borrower_id
  from loans l
 where exists (
   select
     from jsonb_to_recordset((select portfolios_seen())) as p (lender text, product text, branch text)
    where p.lender = l.lender
      and p.product in ('', l.product)
      and p.branch in ('', coalesce(l.branch, '')));
