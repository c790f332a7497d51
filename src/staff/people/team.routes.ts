import type { Context } from 'hono'
import {
  type Env,
  endpoint,
  fromCursor,
  jsonAnswer,
  jsonBody,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { NewTeam, Team } from './people.api.ts'
import { versionAsked } from './people.routes.ts'
import { saveTeam, teamPage } from './people.sql.ts'

const tags = ['staff']
const params = z.object({ team_id: z.string().regex(/^[a-z0-9-]{1,40}$/) })

const list = endpoint({
  method: 'get',
  path: '/teams',
  permission: 'staff.read',
  tags,
  summary: 'The teams, whose borrowers they work on, and of which agency they are',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(pageOf(Team), 'A page of teams.') },
})

const one = endpoint({
  method: 'get',
  path: '/teams/{team_id}',
  permission: 'staff.read',
  tags,
  summary: 'One team; the ETag is what a change must name',
  request: { params },
  responses: { 200: jsonAnswer(Team, 'The team.') },
})

const save = endpoint({
  method: 'put',
  path: '/teams/{team_id}',
  permission: 'staff.write',
  tags,
  summary: 'Make a team, or change one (header if-match: the ETag that was read)',
  request: { params, ...jsonBody(NewTeam) },
  responses: { 200: jsonAnswer(Team, 'As it is now.') },
})

async function read(c: Context<Env>, team_id: string): Promise<Team | null> {
  const [team] = await teamPage(c.var.db, { after: null, limit: 1, team_id })
  if (team) c.header('etag', `"${team.version}"`)
  return team ?? null
}

/** Teams: whose borrowers are worked by whom. */
export function teamRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor ? fromCursor(cursor, z.tuple([z.string()]))[0] : null
    const rows = await teamPage(c.var.db, { after, limit, team_id: null })
    return c.json(
      pageFrom(rows, limit, (row) => [row.team_id]),
      200,
    )
  })
  routes.openapi(one, async (c) => {
    const team = await read(c, c.req.valid('param').team_id)
    if (!team) throw new Refused('team_is_not_found', 'There is no such team.')
    return c.json(team, 200)
  })
  routes.openapi(save, async (c) => {
    const { team_id } = c.req.valid('param')
    const team = { team_id, ...c.req.valid('json') }
    // A new team has no version to name; whoever takes a team for new that is none is told so.
    const version = (await read(c, team_id)) ? versionAsked(c) : 0
    if (!(await c.var.db.transaction().execute((tx) => saveTeam(tx, team, version)))) {
      throw new Refused('changed_meanwhile', 'Somebody else changed this team meanwhile; look again.')
    }
    return c.json((await read(c, team_id))!, 200)
  })
  return routes
}
