-- The night asks for what the files say of few people: who has died or is vulnerable, which addresses are
-- closed.
create index borrowers_with_facts on borrowers (borrower_id)
 where deceased_on is not null or vulnerable is not null;
create index contact_points_closed on contact_points (borrower_id) where opted_out_on is not null;
