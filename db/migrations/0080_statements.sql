-- Until here the second statement of a file named its payments as the first one did. A line that found a
-- payment of its number, alike to the day and the minor unit, was taken for booked and has none: it waits.
with claims as (
  select sha256, line_no,
         -- who booked it: what was booked while loading before what a person cleared, then the file's order
         row_number() over (
           partition by lender, payment_no
           order by cleared_at nulls first, length(sha256), sha256 collate "C") as nth
    from statement_lines
   where payment_no is not null
)
update statement_lines l
   set outcome = null, payment_no = null, cleared_at = null, cleared_by = null,
       waits_because = 'payment_no_was_used_otherwise'
  from claims c
 where c.nth > 1 and (l.sha256, l.line_no) = (c.sha256, c.line_no);

-- One line, one payment.
create unique index statement_lines_payments on statement_lines (lender, payment_no);
