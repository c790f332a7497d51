-- What the lender's files say becomes facts that the rules read: who has died or is vulnerable, which numbers
-- and addresses were closed. Only what is new is written.
-- reads: borrowers, contact_points   writes: holds, opt_outs
insert into holds (borrower_id, hold_id, kind, at, recorded_at, recorded_by, reason)
select b.borrower_id, md5('deceased ' || b.borrower_id)::uuid, 'deceased',
       least(b.deceased_on, :as_of)::timestamptz, :as_of::timestamptz, 'night',
       'the borrower file names the day of death'
  from borrowers b
 where b.deceased_on is not null
on conflict do nothing;

insert into holds (borrower_id, hold_id, kind, at, recorded_at, recorded_by, reason)
select b.borrower_id, md5('vulnerable ' || b.borrower_id || ' ' || b.vulnerable)::uuid, 'vulnerable',
       :as_of::timestamptz, :as_of::timestamptz, 'night', b.vulnerable
  from borrowers b
 where b.vulnerable is not null
   and lower(b.vulnerable) not in ('', 'no', 'false', '0')
on conflict do nothing;

insert into opt_outs (borrower_id, opt_out_id, address, at, recorded_at, recorded_by, reason)
select p.borrower_id, md5('opted out ' || p.borrower_id || ' ' || p.value)::uuid,
       case when p.value like '%@%' then lower(trim(p.value)) else regexp_replace(p.value, '[\s().-]', '',
       'g') end,
       p.opted_out_on::timestamptz, :as_of::timestamptz, 'night', 'the contact-point file says so'
  from contact_points p
 where p.opted_out_on <= :as_of
   and p.kind <> 'address'
on conflict do nothing;
