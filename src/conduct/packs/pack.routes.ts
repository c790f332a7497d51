import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import {
  AskPhrases,
  AskRetention,
  FoundPhrases,
  NewException,
  PackRules,
  Packs,
  RetentionTimes,
  SignedException,
} from './pack.api.ts'
import { bannedPhrases, listPacks, rulesOf, signException } from './pack.sql.ts'
import { phrasesIn } from './phrase.ts'
import { bindingOf, retentionFor } from './retention.sql.ts'

const list = endpoint({
  method: 'get',
  path: '/conduct/packs',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'The packs, each with how many of its rules counsel has yet to confirm.',
  responses: { 200: jsonAnswer(Packs, 'All versions.') },
})

const rules = endpoint({
  method: 'get',
  path: '/conduct/packs/{pack_version}/rules',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'The rules of a pack version.',
  request: { params: z.object({ pack_version: z.string().max(60) }) },
  responses: { 200: jsonAnswer(PackRules, 'Every rule, decided here or not.') },
})

const sign = endpoint({
  method: 'post',
  path: '/conduct/exceptions',
  permission: 'conduct.write',
  tags: ['conduct'],
  summary: 'Set a house rule aside for a lender and product for a time. Law cannot be set aside.',
  request: jsonBody(NewException),
  responses: { 201: jsonAnswer(SignedException, 'Signed.') },
})

const phrases = endpoint({
  method: 'post',
  path: '/conduct/phrase-checks',
  permission: 'borrowers.read',
  tags: ['conduct'],
  summary: 'Which banned phrases stand in a text.',
  request: jsonBody(AskPhrases),
  responses: { 200: jsonAnswer(FoundPhrases, 'None when the text may go out.') },
})

const retention = endpoint({
  method: 'get',
  path: '/conduct/retention',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'What must be recorded, and how long it is kept at least: the longest over packs and products.',
  request: { query: AskRetention },
  responses: { 200: jsonAnswer(RetentionTimes, 'Records, recordings, what is handed over.') },
})

const retentionOfBorrower = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/retention',
  permission: 'borrowers.read',
  tags: ['conduct'],
  summary: 'The same for a borrower: over all packs that bind, and the products of the loans.',
  request: { params: z.object({ borrower_id: BorrowerId }) },
  responses: { 200: jsonAnswer(RetentionTimes, 'Records, recordings, what is handed over.') },
})

/** Packs and their rules; exceptions to the house's own; what must not be written. */
export const packRoutes = () =>
  newRoutes()
    .openapi(list, async (c) => c.json({ packs: await listPacks(c.var.db) }, 200))
    .openapi(rules, async (c) =>
      c.json({ rules: await rulesOf(c.var.db, c.req.valid('param').pack_version) }, 200),
    )
    .openapi(sign, async (c) => {
      const { staff_id, roles } = c.var.person
      const signed = { at: c.var.clock.now().toString(), by: staff_id, role: roles.join(', ') }
      return c.json({ exception_id: await signException(c.var.db, c.req.valid('json'), signed) }, 201)
    })
    .openapi(retention, async (c) => {
      const { packs, products } = c.req.valid('query')
      const told = await retentionFor(c.var.db, packs.split(','), products.split(','))
      return c.json(RetentionTimes.parse(told), 200)
    })
    .openapi(retentionOfBorrower, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const { packs, products } = await bindingOf(c.var.db, borrower_id, c.var.clock.today())
      return c.json(RetentionTimes.parse(await retentionFor(c.var.db, packs, products)), 200)
    })
    .openapi(phrases, async (c) => {
      const { text, packs } = c.req.valid('json')
      return c.json({ found: phrasesIn(text, await bannedPhrases(c.var.db, packs)) }, 200)
    })
