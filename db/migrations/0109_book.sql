-- Amounts of a file are staged in ten-thousandths of the currency's unit, as whole numbers: how many of them
-- are one minor unit replaces the number by which a decimal was multiplied.
alter table currencies
  drop column scale,
  add column ten_thousandths bigint not null
    generated always as ((10::numeric ^ (4 - exponent))::bigint) stored;
