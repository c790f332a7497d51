import {
  endpoint,
  jsonAnswer,
  jsonBody,
  newRoutes,
  pageAsked,
  pageFrom,
  pageQuery,
  z,
} from '../../platform/http.ts'
import { askedBy } from '../contacts/asker.sql.ts'
import { textsFor } from '../templates/template.sql.ts'
import { limitationsOf } from './limitation.sql.ts'
import { refusalCounts } from './refusal-counts.sql.ts'
import {
  AskVerdicts,
  BorrowerId,
  Channel,
  Limitations,
  RefusedVerdicts,
  Replay,
  Verdicts,
} from './verdict.api.ts'
import { askOnly, askRules, refusedVerdicts, replayVerdict } from './verdict.sql.ts'

const ask = endpoint({
  method: 'post',
  path: '/contacts/verdicts',
  permission: 'contacts.write',
  tags: ['conduct'],
  summary: 'What may be done now with a borrower: every channel, with the clause and from when.',
  request: jsonBody(AskVerdicts),
  responses: { 200: jsonAnswer(Verdicts, 'The verdict of each channel. Nothing is kept.') },
})

const replay = endpoint({
  method: 'get',
  path: '/conduct/verdicts/{verdict_id}/replay',
  permission: 'conduct.read',
  personal: true,
  tags: ['conduct'],
  summary: 'A verdict given again from what was known then, and under today’s packs.',
  request: { params: z.object({ verdict_id: z.uuid() }) },
  responses: { 200: jsonAnswer(Replay, 'Then, again, and today.') },
})

const refused = endpoint({
  method: 'get',
  path: '/conduct/refusals',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'Contacts that were tried and refused, the newest first.',
  request: { query: pageQuery(200) },
  responses: { 200: jsonAnswer(RefusedVerdicts, 'A page of the newest, and how many each rule refused.') },
})
const COUNTED_DAYS = 30

const limitations = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/limitations',
  permission: 'borrowers.read',
  tags: ['conduct'],
  summary: 'Until when each part of each claim can be sued for, under each pack.',
  request: { params: z.object({ borrower_id: BorrowerId }) },
  responses: { 200: jsonAnswer(Limitations, 'What is not recorded has no day, and is not threatened with.') },
})

const personal = Channel.options.filter(
  (channel) => !['public_posting', 'bureau_report', 'placement'].includes(channel),
)

/** Verdicts: ask what is allowed, give one again, see what was refused. */
export const verdictRoutes = () =>
  newRoutes()
    .openapi(ask, async (c) => {
      const { borrower_id, channels = personal, about: said = {} } = c.req.valid('json')
      const answer = await askOnly(c.var.db, borrower_id, c.var.clock, async (tx, at) => {
        const about = await askedBy(tx, borrower_id, said, c.var.person)
        // Who names a text asks about that one.
        const named = about.template !== undefined || about.text !== undefined
        const texts = named ? [] : await textsFor(tx, borrower_id, channels, at)
        const verdicts = await askRules(
          tx,
          borrower_id,
          [
            ...channels.map((channel) => ({ ...about, channel })),
            ...texts.map(({ channel, template }) => ({ ...about, channel, template })),
          ],
          at,
        )
        const lawful = texts.filter((_, i) => verdicts[channels.length + i]!.allowed)
        return {
          at,
          channels: channels.map((channel, i) => ({
            ...verdicts[i]!,
            channel,
            texts: lawful.filter((text) => text.channel === channel),
          })),
        }
      })
      return c.json(Verdicts.parse({ borrower_id, ...answer }), 200)
    })
    .openapi(limitations, async (c) => {
      const { borrower_id } = c.req.valid('param')
      const told = await askOnly(c.var.db, borrower_id, c.var.clock, (tx, at) =>
        limitationsOf(tx, borrower_id, at),
      )
      return c.json(Limitations.parse({ limitations: told }), 200)
    })
    .openapi(replay, async (c) => {
      const told = await replayVerdict(c.var.db, c.req.valid('param').verdict_id)
      return c.json(Replay.parse(told), 200)
    })
    .openapi(refused, async (c) => {
      const { db, clock } = c.var
      const by_rule = await refusalCounts(db, clock.now().toString(), COUNTED_DAYS)
      const page = pageAsked(c.req.valid('query'), z.tuple([z.string().max(40), z.uuid()]))
      const { rows, next_cursor } = pageFrom(await refusedVerdicts(db, page), page.limit, (row) => [
        row.decided_exactly_at,
        row.verdict_id,
      ])
      return c.json(RefusedVerdicts.parse({ by_rule, verdicts: rows, next_cursor }), 200)
    })
