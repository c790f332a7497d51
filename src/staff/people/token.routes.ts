import { createHash, randomBytes } from 'node:crypto'
import {
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
import { permissions as known, tokenRefusal } from '../rights/permission.ts'
import { MadeToken, NewToken, Token } from './people.api.ts'
import { endToken, keepToken, tokenPage } from './people.sql.ts'

const tags = ['staff']

const list = endpoint({
  method: 'get',
  path: '/tokens',
  permission: 'tokens.write',
  tags,
  summary: 'Tokens of machines, newest first; never the tokens themselves',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(pageOf(Token), 'A page of tokens.') },
})

const issue = endpoint({
  method: 'post',
  path: '/tokens',
  permission: 'tokens.write',
  tags,
  summary: 'Give a machine a token of limited scope',
  request: jsonBody(NewToken),
  responses: { 201: jsonAnswer(MadeToken, 'The token, shown once.') },
})

const end = endpoint({
  method: 'delete',
  path: '/tokens/{token_id}',
  permission: 'tokens.write',
  tags,
  summary: 'End a token at once',
  request: { params: z.object({ token_id: z.uuid() }) },
  responses: { 200: jsonAnswer(z.object({ done: z.literal(true) }), 'Ended.') },
})

/** Tokens with which machines ask. */
export function tokenRoutes(): Routes {
  const routes = newRoutes()
  routes.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor ? fromCursor(cursor, z.tuple([z.iso.datetime(), z.uuid()])) : null
    const rows = await tokenPage(c.var.db, { after, limit })
    return c.json(
      pageFrom(rows, limit, (row) => [row.created_at, row.token_id]),
      200,
    )
  })
  routes.openapi(issue, async (c) => {
    const { name, permissions, lenders, days } = c.req.valid('json')
    const unknown = permissions.filter((permission) => !known.some((name) => name === permission))
    if (unknown.length > 0) {
      throw new Refused('no_such_permission', `There is no permission ${unknown.join(', ')}.`)
    }
    const refused = tokenRefusal(c.var.person.permissions, permissions)
    if (refused) {
      const named = refused.permissions.join(', ')
      throw new Refused(refused.refusal, `You cannot give a machine ${named}.`, {
        permissions: refused.permissions,
      })
    }
    const token = `amends_${randomBytes(32).toString('base64url')}`
    const sha256 = createHash('sha256').update(token).digest('hex')
    const { clock, person, db } = c.var
    const made = { at: clock.now().toString(), by: person.staff_id, days }
    const token_id = await keepToken(db, { name, permissions, lenders, sha256, ...made })
    return c.json({ token_id, token }, 201)
  })
  routes.openapi(end, async (c) => {
    const { clock, person, db } = c.var
    const { token_id } = c.req.valid('param')
    if (!(await endToken(db, { token_id, at: clock.now().toString(), by: person.staff_id }))) {
      throw new Refused('token_is_not_found', 'There is no such token in force.')
    }
    return c.json({ done: true as const }, 200)
  })
  return routes
}
