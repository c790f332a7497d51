import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { type Command, InvalidArgumentError } from 'commander'
import { systemClock } from './clock.ts'
import { type Context, leaveOnSignal, prepare, reporting } from './command.ts'
import { connect } from './database.ts'
import { claimDesk, leaseDatabase } from './home.ts'
import { ensureDeskIsBuilt } from './http-desk.ts'
import { runNight, type Step } from './nightly.ts'
import { progressBar } from './progress.ts'
import { Refused } from './refusal.ts'
import { homeFolder } from './server.ts'

/** What answers requests, the lines that tell how to sign in, and how to let go of what it holds. */
export type Opened = {
  fetch: (request: Request, env?: unknown) => Response | Promise<Response>
  signIns: string[]
  close(): Promise<void>
}

export type DeskParts = {
  steps: readonly Step[]
  /** Fills an empty book with the demo; answers whether it did. */
  loadDemo: ((context: Context) => Promise<boolean>) | null
  open: (context: Context & { secret: string }) => Promise<Opened>
}

type Options = { port?: number; host: string; empty?: boolean; json?: boolean }

const FIRST_PORT = 8080
const PORTS_TRIED = 20

function portArgument(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

/** The port if it is free (0: any), otherwise null. */
const probe = (port: number, host: string) =>
  new Promise<number | null>((done, failed) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      /^(EADDRINUSE|EACCES)$/.test(error.code ?? '') ? done(null) : failed(error),
    )
    server.listen(port, host, () => {
      const { port: given } = server.address() as { port: number }
      server.close(() => done(given))
    })
  })

/** The port that was asked for, or the first free one from 8080 on. Refused: `port_is_taken`. */
async function freePort({ port, host }: Options): Promise<number> {
  if (port !== undefined) {
    const free = await probe(port, host)
    if (free !== null) return free
    throw new Refused('port_is_taken', `Port ${port} is taken or not allowed; name another with --port.`)
  }
  for (let tried = FIRST_PORT; tried < FIRST_PORT + PORTS_TRIED; tried++) {
    const free = await probe(tried, host)
    if (free === null) continue
    if (tried !== FIRST_PORT) tell(`Port ${FIRST_PORT} is taken; using ${tried} (--port chooses another).`)
    return free
  }
  throw new Refused('port_is_taken', `No port from ${FIRST_PORT} on is free; name one with --port.`)
}

const tell = (words: string) => void process.stderr.write(`${words}\n`)

/** Signs sessions: AMENDS_SECRET, or one that is made once and kept in the home. */
function secretOfHome(): string {
  const given = process.env['AMENDS_SECRET']
  if (given) return given
  const file = join(homeFolder(), 'secret')
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Every night up to today; one that fails is told and does not keep the desk closed. */
async function catchUp({ url, clock }: Context, steps: readonly Step[]) {
  const bar = progressBar('night', steps.length)
  const today = clock.today()
  let since: string | null = null
  try {
    await runNight(url, steps, today, clock, (at) => {
      // Years of them take long: whoever waits for the address is told why.
      if (since === null && at.as_of < today) tell(`The nights from ${at.as_of} to ${today} are run first.`)
      since ??= at.as_of
      bar.to(at.done, `${at.as_of} ${at.step}`)
    })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    tell(error.message)
  } finally {
    bar.end()
  }
}

/** Resolves when the process is told to end. */
const untilToldToEnd = () =>
  new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })

async function serveUntilToldToEnd(opened: Opened, address: { host: string; port: number }, words: string) {
  const server = serve({ fetch: opened.fetch, hostname: address.host, port: address.port })
  // Whoever reads the address may call it at once, so it is told when it answers. A port that somebody took
  // since it was found free ends the start with that error.
  await once(server, 'listening')
  process.stdout.write(`${words}\n`)
  await untilToldToEnd()
  tell('Shutting down …')
  const closed = new Promise<void>((done) => server.close(() => done()))
  if ('closeAllConnections' in server) server.closeAllConnections()
  await closed
  await opened.close()
}

async function start(parts: DeskParts, options: Options) {
  const port = await freePort(options)
  const address = `http://${options.host === '127.0.0.1' ? 'localhost' : options.host}:${port}`
  const unclaim = claimDesk(address)
  try {
    const lease = await leaseDatabase()
    // Until it serves, being told to end means that; afterwards requests end first.
    const stay = leaveOnSignal(lease.release)
    try {
      await prepare(lease.url)
      await ensureDeskIsBuilt(tell)
      const db = connect(lease.url, { max: 16, prepared: true })
      const context: Context = { db, url: lease.url, clock: systemClock(), json: false }
      try {
        if (!options.empty) await parts.loadDemo?.(context)
        await catchUp(context, parts.steps)
        const opened = await parts.open({ ...context, secret: secretOfHome() })
        const { signIns } = opened
        const lines = ['', `Amends: ${address}`, ...signIns, '', 'Ctrl-C ends it.', '']
        const words = lines.map((line) => line && `  ${line}`).join('\n')
        stay()
        await serveUntilToldToEnd(
          opened,
          { host: options.host, port },
          options.json ? JSON.stringify({ address, process: process.pid, sign_ins: signIns }) : words,
        )
      } finally {
        await db.destroy()
      }
    } finally {
      await lease.release()
    }
  } finally {
    unclaim()
  }
}

/** `amends start`. */
export function deskCommand(program: Command, parts: DeskParts) {
  program
    .command('start')
    .description('Run Amends: database, night up to today, desk and API on one port. Ctrl-C ends it.')
    .option('--port <port>', `where to listen (the first free port from ${FIRST_PORT})`, portArgument)
    .option('--host <address>', 'on which address; 0.0.0.0 for every one of this machine', '127.0.0.1')
    .option('--empty', 'do not load the demo into an empty book')
    .option('--json', 'one JSON document on standard output, once it serves')
    .action((options: Options) => reporting(Boolean(options.json), () => start(parts, options)))
}
