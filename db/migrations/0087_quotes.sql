-- What is told to a borrower is told in the borrower's language: each clause has words in all three.
alter table rate_caps add column clause_zh_hans text, add column clause_zh_hant text;
update rate_caps
   set (clause_zh_hans, clause_zh_hant) = (
         select hans, hant
           from (values
             ('tw', false, '台湾《民法》第205条', '民法第205條'),
             ('tw', true, '台湾《银行法》第47条之1', '銀行法第47條之1'),
             ('cn', false, '最高人民法院法发〔2017〕22号:总计超过年利率24%的部分,法院可予调减',
              '最高人民法院法發〔2017〕22號:總計超過年利率24%之部分,法院得予調減'),
             ('cn', true, '最高人民法院法发〔2017〕22号:总计超过年利率24%的部分,法院可予调减',
              '最高人民法院法發〔2017〕22號:總計超過年利率24%之部分,法院得予調減')
           ) as words (pack, is_card, hans, hant)
          where (words.pack, words.is_card) = (rate_caps.pack, rate_caps.is_card));
-- A cap of another jurisdiction, if somebody added one, keeps its own words until it is given others.
update rate_caps
   set clause_zh_hans = coalesce(clause_zh_hans, clause), clause_zh_hant = coalesce(clause_zh_hant, clause);
alter table rate_caps alter column clause_zh_hans set not null, alter column clause_zh_hant set not null;

-- Everything that moved a loan's debt: what the ledger holds, and the payments of files that no night has
-- posted yet. change_minor is negative for money in and waivers.
create view money_moved as
select m.borrower_id, m.loan_no, m.movement_no, m.on_date, m.kind, m.reason,
       coalesce(m.part, case when m.kind in ('fee', 'interest', 'penalty') then m.kind end) as part,
       sum(e.amount_minor)::bigint as change_minor
  from movements m
  join entries e
    on e.borrower_id = m.borrower_id and e.loan_no = m.loan_no and e.movement_no = m.movement_no
 where e.account in ('receivable', 'charged_off')
 group by m.borrower_id, m.loan_no, m.movement_no, m.on_date, m.kind, m.reason, m.part
having sum(e.amount_minor) <> 0
union all
select p.borrower_id, p.loan_no, 'payment:' || p.payment_no, p.paid_on,
       case when l.status is distinct from 'charged_off' then p.kind
            when p.kind = 'payment' then 'recovery'
            else 'recovery_reversal' end,
       null, null, case p.kind when 'payment' then -p.amount_minor else p.amount_minor end
  from payments p
  left join loans l on l.borrower_id = p.borrower_id and l.loan_no = p.loan_no
 where not exists (
   select from movements m
    where m.borrower_id = p.borrower_id and m.loan_no = p.loan_no
      and m.movement_no = 'payment:' || p.payment_no);
