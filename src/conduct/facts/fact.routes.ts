import type { Context } from 'hono'
import { type Env, endpoint, jsonAnswer, jsonBody, newRoutes, type Routes, z } from '../../platform/http.ts'
import { BorrowerId } from '../verdicts/verdict.api.ts'
import { recordDebtTraits } from './debt-trait.sql.ts'
import {
  FactRecorded,
  NewAgreedWindow,
  NewClaimPart,
  NewConsent,
  NewConstraint,
  NewDebtTraits,
  NewHold,
  NewNotice,
  NewOptOut,
  NewPartyPlace,
  NewPortalSession,
  NewRelease,
  NewReturn,
  NewRevocation,
  NewThirdPartyRefusal,
  NewUnreachability,
} from './fact.api.ts'
import { type FactTable, factsOf, recordFact, type ToldFact } from './fact.sql.ts'

const OfBorrower = z.object({ borrower_id: BorrowerId })

/** The nouns under a borrower, the table of each, what is told, and the permission that it needs. */
const nouns: [
  noun: string,
  table: FactTable,
  body: z.ZodType<ToldFact>,
  permission: string,
  summary: string,
][] = [
  ['holds', 'holds', NewHold, 'holds.write', 'A reason to stop; it stops the planned work at once.'],
  ['hold-releases', 'hold_releases', NewRelease, 'holds.release', 'The end of a hold.'],
  ['consents', 'consents', NewConsent, 'holds.write', 'What the person agreed to.'],
  ['consent-revocations', 'consent_revocations', NewRevocation, 'holds.write', 'The end of a consent.'],
  ['agreed-windows', 'agreed_windows', NewAgreedWindow, 'holds.write', 'Hours that the person agreed to.'],
  ['constraints', 'inconveniences', NewConstraint, 'holds.write', 'Inconvenient times or a place.'],
  ['opt-outs', 'opt_outs', NewOptOut, 'holds.write', 'A channel or an address that was closed.'],
  ['third-party-refusals', 'third_party_refusals', NewThirdPartyRefusal, 'holds.write', 'Asked us to stop.'],
  ['unreachabilities', 'unreachabilities', NewUnreachability, 'holds.write', 'Evidence of no contact.'],
  ['notices', 'notices_given', NewNotice, 'holds.write', 'A notice that was given.'],
  ['returned-notices', 'notices_returned', NewReturn, 'holds.write', 'A notice that came back.'],
  ['claim-parts', 'claim_parts', NewClaimPart, 'holds.write', 'Limitation of a part of a claim.'],
  ['party-places', 'party_places', NewPartyPlace, 'holds.write', 'Where somebody near may be.'],
  ['debt-traits', 'debt_traits', NewDebtTraits, 'holds.write', 'What the tape does not say of a debt.'],
  ['portal-sessions', 'portal_sessions', NewPortalSession, 'holds.write', 'The portal was opened or left.'],
]

const everything = endpoint({
  method: 'get',
  path: '/borrowers/{borrower_id}/conduct',
  permission: 'borrowers.read',
  tags: ['conduct'],
  summary: 'Everything that the rules know about a borrower, by kind, the newest first.',
  request: { params: OfBorrower },
  responses: {
    200: jsonAnswer(z.record(z.string(), z.array(z.record(z.string(), z.unknown()))), 'The facts.'),
  },
})

const record = (noun: string, body: z.ZodType<ToldFact>, permission: string, summary: string) =>
  endpoint({
    method: 'post',
    path: `/borrowers/{borrower_id}/${noun}`,
    permission,
    tags: ['conduct'],
    summary,
    request: { params: OfBorrower, ...jsonBody(body) },
    responses: { 201: jsonAnswer(FactRecorded, 'Recorded; the same fact_id again changes nothing.') },
  })

async function tell(c: Context<Env>, borrower_id: string, table: FactTable, told: ToldFact) {
  const { clock, person, db } = c.var
  const record = { clock, recorded_by: person.staff_id }
  return table === 'debt_traits'
    ? recordDebtTraits(db, borrower_id, told, record)
    : recordFact(db, borrower_id, table, told, record)
}

/** Holds, consents, constraints, opt-outs and the other facts: dated records with who and why. */
export const factRoutes = (): Routes =>
  nouns.reduce<Routes>(
    (routes, [noun, table, body, permission, summary]) =>
      routes.openapi(record(noun, body, permission, summary), async (c) =>
        c.json(await tell(c, c.req.valid('param').borrower_id, table, c.req.valid('json')), 201),
      ) as unknown as Routes,
    newRoutes().openapi(everything, async (c) =>
      c.json(await factsOf(c.var.db, c.req.valid('param').borrower_id), 200),
    ) as unknown as Routes,
  )
