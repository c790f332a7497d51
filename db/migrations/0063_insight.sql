-- What a person searches by: the beginning of a name or of its last word, the end of a phone number, a number
-- of ours. Names that nobody has sent yet cost nothing.

create function digits_reversed(value text) returns text
  language sql immutable strict parallel safe
  return reverse(regexp_replace(value, '\D', '', 'g'));

create function last_word(name text) returns text
  language sql immutable strict parallel safe
  return lower(regexp_replace(name, '^.*\s', ''));

create index borrowers_by_name on borrowers (lower(name) text_pattern_ops) where name is not null;
create index borrowers_by_last_word on borrowers (last_word(name) text_pattern_ops) where name is not null;
create index borrowers_by_number on borrowers (borrower_no text_pattern_ops);
create index contact_points_by_digits on contact_points (digits_reversed(value) text_pattern_ops)
 where kind in ('mobile', 'phone', 'work_phone');
