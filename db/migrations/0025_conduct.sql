-- Which tests of rules a contact is asked, a bit for each, so that what is the same for a hundred thousand
-- contacts is worked out once. Empty: nobody worked it out, each test says itself.

alter table rule_checks add column check_no int generated always as identity unique;
alter table contact_proposals add column asks varbit;
