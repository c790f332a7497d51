import { endpoint, jsonAnswer, jsonBody, newRoutes, z } from '../../platform/http.ts'
import { AgencyName, NewStanding, Standings } from './agency.api.ts'
import { agencyStandings, recordStanding } from './agency.sql.ts'

const list = endpoint({
  method: 'get',
  path: '/conduct/agencies',
  permission: 'conduct.read',
  tags: ['conduct'],
  summary: 'What each agency showed last, and whether it may work today.',
  responses: { 200: jsonAnswer(Standings, 'The newest standing of each.') },
})

const record = endpoint({
  method: 'post',
  path: '/conduct/agencies/{agency}/standings',
  permission: 'conduct.write',
  tags: ['conduct'],
  summary: 'Record licence, secrecy agreement and last evaluation of an agency, or why it is barred.',
  request: { params: z.object({ agency: AgencyName }), ...jsonBody(NewStanding) },
  responses: { 201: jsonAnswer(Standings, 'How the agencies stand now.') },
})

/** Agencies: how they stand, and what they showed. */
export const agencyRoutes = () =>
  newRoutes()
    .openapi(list, async (c) =>
      c.json({ standings: await agencyStandings(c.var.db, c.var.clock.today()) }, 200),
    )
    .openapi(record, async (c) => {
      const told = { at: c.var.clock.now().toString(), by: c.var.person.staff_id }
      await recordStanding(c.var.db, c.req.valid('param').agency, c.req.valid('json'), told)
      return c.json({ standings: await agencyStandings(c.var.db, c.var.clock.today()) }, 201)
    })
