import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
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
import { bannedPhrases, listPacks, retentionFor, rulesOf, signException } from './pack.sql.ts'
import { phrasesIn } from './phrase.ts'

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
  summary: 'How long records must be kept at least: the longest over packs (names separated by commas).',
  request: { query: AskRetention },
  responses: { 200: jsonAnswer(RetentionTimes, 'By what the time runs from.') },
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
      const { packs, product } = c.req.valid('query')
      return c.json({ keep: await retentionFor(c.var.db, packs.split(','), product) }, 200)
    })
    .openapi(phrases, async (c) => {
      const { text, packs } = c.req.valid('json')
      return c.json({ found: phrasesIn(text, await bannedPhrases(c.var.db, packs)) }, 200)
    })
