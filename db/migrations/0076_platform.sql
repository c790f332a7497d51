-- A large book's steps are done in parts, each in a session and a transaction of its own. What a part claims
-- stands here until all of its step are done and the step itself is claimed: a night that was broken off goes
-- on with the parts that are left.
create table nightly_parts (
  as_of date not null references nights,
  step text not null,
  part int not null,
  of int not null,
  rows bigint not null,
  primary key (as_of, step, part),
  check (part >= 0 and part < of)
);
-- No part is written for a person.
revoke insert, update, delete on nightly_parts from amends_desk;
