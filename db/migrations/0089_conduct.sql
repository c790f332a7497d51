-- A number without its marks and the zeros before it, read from its end.
create function number_reversed(value text) returns text
language sql immutable parallel safe
return rtrim(digits_reversed(value), '0');

-- Whether two addresses are one: a number with or without marks, country and zeros before it; e-mail without
-- regard to case.
create function is_same_address(a text, b text) returns boolean
language sql immutable parallel safe
return case
  when a ~ '^[+0-9 ().-]+$' and b ~ '^[+0-9 ().-]+$' then
    least(length(number_reversed(a)), length(number_reversed(b))) >= 7
    and (starts_with(number_reversed(a), number_reversed(b))
         or starts_with(number_reversed(b), number_reversed(a)))
  else lower(a) = lower(b)
end;
