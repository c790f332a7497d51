import { expect, test } from 'vitest'
import { readPacks } from './pack.sql.ts'
import { phrasesIn } from './phrase.ts'

const banned = readPacks().flatMap(({ pack }) =>
  pack.rules.flatMap(({ id, source, banned_phrases = [] }) =>
    banned_phrases.map((phrase) => ({ rule_id: id, source, phrase })),
  ),
)
const rulesIn = (text: string) => phrasesIn(text, banned).map((it) => it.rule_id)

test('a threat of arrest is found however it is set', () => {
  expect(rulesIn('Pay today or YOU  WILL BE\narrested.')).toEqual(['US-C1'])
  expect(rulesIn('再不還款，警察 會去找你')).toEqual(['TW-C2'])
  expect(rulesIn('ｙｏｕ ｗｉｌｌ ｂｅ ａｒｒｅｓｔｅｄ')).toEqual(['US-C1'])
})

test('borrowing to repay and false authority are found', () => {
  expect(rulesIn('您可以借新还旧')).toEqual(['CN-C3'])
  expect(rulesIn('我是警察')).toEqual(['CN-C5'])
})

test('ordinary words that contain a banned one are not', () => {
  expect(rulesIn('The scumble glaze; a polite reminder of your instalment.')).toEqual([])
})
