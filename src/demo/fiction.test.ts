import { isValidPhoneNumber } from 'libphonenumber-js/max'
import { expect, test } from 'vitest'
import { chineseCheck, nationalId, PhoneBook, taiwaneseCheck, usZones } from './fiction.ts'

test('the check digits are those of the standards', () => {
  // The worked example of GB 11643-1999.
  expect(chineseCheck('11010519491231002')).toBe('X')
  // A123456789, the number on Taiwan's specimen, weighs 1 for its A; Z weighs 30, so that 9 becomes 0.
  expect(taiwaneseCheck('12345678')).toBe(0)
})

test('no national number passes its check', () => {
  for (let number = 0; number < 3_000; number++) {
    const bornOn = `19${50 + (number % 50)}-0${1 + (number % 9)}-1${number % 10}`
    const mainland = nationalId('cn', bornOn, number)
    expect(mainland).toMatch(/^99\d{15}[\dX]$/)
    expect(mainland.at(-1)).not.toBe(chineseCheck(mainland.slice(0, 17)))
    const taiwanese = nationalId('tw', bornOn, number)
    expect(taiwanese).toMatch(/^Z\d{9}$/)
    expect(Number(taiwanese.at(-1))).not.toBe(taiwaneseCheck(taiwanese.slice(1, 9)))
    // The American register never gives out the area 000.
    expect(nationalId('us', bornOn, number)).toMatch(/^000-\d\d-\d{4}$/)
  }
})

test('no telephone number can ring', () => {
  const phones = new PhoneBook()
  for (let i = 0; i < 500; i++) {
    expect(isValidPhoneNumber(phones.take('cn', 'Asia/Shanghai'))).toBe(false)
    // Set aside for personal numbers, a service that nobody offers.
    expect(phones.take('tw', 'Asia/Taipei')).toMatch(/^\+886999\d{6}$/)
    for (const zone of usZones) expect(phones.take('us', zone)).toMatch(/^\+1[2-9]\d\d55501\d\d$/)
  }
})

test('a number is handed out once while its range lasts', () => {
  const phones = new PhoneBook()
  const numbers = Array.from({ length: 5_000 }, () => phones.take('us', 'America/New_York'))
  expect(new Set(numbers).size).toBe(5_000)
})
