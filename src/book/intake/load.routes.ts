import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import type { Context } from 'hono'
import {
  type Env,
  endpoint,
  fromCursor,
  jsonAnswer,
  newRoutes,
  PageQuery,
  pageFrom,
  pageOf,
  type Routes,
  z,
} from '../../platform/http.ts'
import { Refused } from '../../platform/refusal.ts'
import { homeFolder } from '../../platform/server.ts'
import { FileKind, Load, LoadJob, Reject } from './load.api.ts'
import {
  acceptLoad,
  loadById,
  loadOfFile,
  loadPage,
  lockHeldLoad,
  rejectPage,
  withdrawLoad,
} from './load.sql.ts'
import { type LoadRequest, loadFile, sizeOf } from './load.ts'

const tags = ['loads']
const params = z.object({ load_id: z.uuid() })
const scopeOf = ({ var: { person } }: Context<Env>) => person

const list = endpoint({
  method: 'get',
  path: '/loads',
  permission: 'book.read',
  tags,
  summary: 'The files that came, newest first',
  request: { query: PageQuery },
  responses: { 200: jsonAnswer(pageOf(Load), 'A page of loads.') },
})

const one = endpoint({
  method: 'get',
  path: '/loads/{load_id}',
  permission: 'book.read',
  tags,
  summary: 'The record of one load, with its comparison with the load before',
  request: { params },
  responses: { 200: jsonAnswer(Load, 'The record.') },
})

const rejects = endpoint({
  method: 'get',
  path: '/loads/{load_id}/rejects',
  permission: 'loads.write',
  personal: true,
  tags,
  summary: 'The rejected rows of a load (the first thousand are kept)',
  request: { params, query: PageQuery },
  responses: { 200: jsonAnswer(pageOf(Reject), 'A page of rejects, by line.') },
})

const send = endpoint({
  method: 'post',
  path: '/loads',
  permission: 'loads.write',
  tags,
  summary: 'Send a file: it is loaded in the background, all of it or nothing',
  request: {
    query: z.object({
      file_name: z
        .string()
        .regex(/^[^/\\\p{Cc}]{1,150}\.(csv|csv\.gz|xlsx|parquet)$/iu)
        // no file system takes a longer name
        .refine((name) => Buffer.byteLength(name) <= 200),
      kind: FileKind.default('loans'),
      as_of: z.iso.date(),
      mode: z.enum(['full', 'delta']).default('full'),
    }),
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
  responses: { 202: jsonAnswer(LoadJob, 'On its way; ask /load-jobs how far it is.') },
})

const job = endpoint({
  method: 'get',
  path: '/load-jobs/{job_id}',
  permission: 'loads.write',
  tags,
  summary: 'How far a file is that was sent',
  request: { params: z.object({ job_id: z.uuid() }) },
  responses: { 200: jsonAnswer(LoadJob, 'The job.') },
})

const accept = endpoint({
  method: 'post',
  path: '/loads/{load_id}/acceptance',
  permission: 'loads.accept',
  tags,
  summary: 'Accept a held load: its file is loaded now',
  request: { params },
  responses: { 202: jsonAnswer(LoadJob, 'On its way.') },
})

const withdraw = endpoint({
  method: 'post',
  path: '/loads/{load_id}/withdrawal',
  permission: 'loads.accept',
  tags,
  summary: 'Withdraw a held load: nothing of it is applied',
  request: { params },
  responses: { 200: jsonAnswer(Load, 'Withdrawn.') },
})

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

/** Jobs of this run of the program; the record of a load outlives it. */
class Jobs {
  private readonly jobs = new Map<string, LoadJob>()

  find(job_id: string): LoadJob {
    const found = this.jobs.get(job_id)
    if (!found) throw new Refused('job_is_not_found', 'There is no such job since the program was started.')
    return found
  }

  start(c: Context<Env>, request: LoadRequest, loaded = async () => {}): LoadJob {
    const { own, url, clock } = c.var
    const begun: LoadJob = {
      job_id: randomUUID(),
      state: 'loading',
      bytes: 0,
      bytes_in_all: sizeOf(request.file),
      load_id: null,
      refusal: null,
      detail: null,
    }
    this.jobs.set(begun.job_id, begun)
    const update = (news: Partial<LoadJob>) => void Object.assign(begun, news)
    const recorded = async () => loadOfFile(own, await digestOf(request.file))
    const refused = async (error: unknown) => {
      if (!(error instanceof Refused)) process.stderr.write(`${(error as Error).stack}\n`)
      const { refusal, message } =
        error instanceof Refused ? error : { refusal: 'bug', message: 'Something broke.' }
      const held = refusal === 'load_is_held'
      const load_id = held ? await recorded() : null
      // Where a file is kept here is nobody's business: it is told by its own name.
      const detail = message.replaceAll(request.file, basename(request.file))
      update({ state: held ? 'held' : 'refused', refusal, detail, load_id })
    }
    loadFile(url, clock, request, (bytes) => update({ bytes }))
      .then(loaded)
      .then(async () => update({ load_id: await recorded(), state: 'loaded' }))
      .catch(refused)
      .catch((error: Error) => process.stderr.write(`${error.stack}\n`))
    return { ...begun }
  }
}

/** Keeps the body of a request as a file of the home; a held load is loaded from there later. */
async function keepFile(c: Context<Env>, file_name: string): Promise<string> {
  if (!c.req.raw.body) throw new Refused('request_is_malformed', 'The file is empty.')
  const folder = join(homeFolder(), 'files', randomUUID())
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, file_name)
  await pipeline(Readable.fromWeb(c.req.raw.body as ReadableStream), createWriteStream(file, { mode: 0o600 }))
  return file
}

const readLoad = async (c: Context<Env>, load_id: string): Promise<Load> => {
  const found = await loadById(c.var.db, scopeOf(c), load_id)
  if (!found) throw new Refused('load_is_not_found', 'There is no such load.')
  return found
}

const notHeld = () => new Refused('load_is_not_held', 'This load does not wait for anybody’s word.')

function decisionRoutes(routes: Routes, jobs: Jobs) {
  routes.openapi(accept, async (c) => {
    const { load_id } = c.req.valid('param')
    await readLoad(c, load_id)
    const by = c.var.person.name
    const held = await c.var.db.transaction().execute((tx) => lockHeldLoad(tx, load_id))
    if (!held) throw notHeld()
    const { file_path: file, kind, as_of, mode } = held
    const request = { file, kind, as_of, mode, accepted_by: by }
    return c.json(
      jobs.start(c, request, () => acceptLoad(c.var.own, load_id, by)),
      202,
    )
  })
  routes.openapi(withdraw, async (c) => {
    const { load_id } = c.req.valid('param')
    await readLoad(c, load_id)
    await c.var.db.transaction().execute(async (tx) => {
      if (!(await lockHeldLoad(tx, load_id))) throw notHeld()
      await withdrawLoad(tx, load_id)
    })
    return c.json(await readLoad(c, load_id), 200)
  })
}

/** Files that lenders send: what came, sending one, accepting or withdrawing one that is held. */
export function loadRoutes(): Routes {
  const routes = newRoutes()
  const jobs = new Jobs()
  routes.openapi(list, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor ? fromCursor(cursor, z.tuple([z.iso.datetime(), z.uuid()])) : null
    const rows = await loadPage(c.var.db, scopeOf(c), { after, limit })
    return c.json(
      pageFrom(rows, limit, (row) => [row.loaded_at, row.load_id]),
      200,
    )
  })
  routes.openapi(one, async (c) => c.json(await readLoad(c, c.req.valid('param').load_id), 200))
  routes.openapi(rejects, async (c) => {
    const { load_id } = c.req.valid('param')
    await readLoad(c, load_id)
    const { cursor, limit } = c.req.valid('query')
    const after = cursor ? fromCursor(cursor, z.tuple([z.number().int(), z.string()])) : null
    const rows = await rejectPage(c.var.db, { load_id, after, limit })
    return c.json(
      pageFrom(rows, limit, (row) => [row.line, row.column_name]),
      200,
    )
  })
  routes.openapi(send, async (c) => {
    const { file_name, kind, as_of, mode } = c.req.valid('query')
    const file = await keepFile(c, file_name)
    return c.json(jobs.start(c, { file, kind, as_of, mode }), 202)
  })
  routes.openapi(job, async (c) => c.json({ ...jobs.find(c.req.valid('param').job_id) }, 200))
  decisionRoutes(routes, jobs)
  return routes
}
