import { existsSync, globSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Context } from 'hono'

const root = join(import.meta.dirname, '..', '..')
const built = join(root, 'dist', 'desk')

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Whether a source of the desk is younger than the desk that was built from it, or none was built. */
function isStale(): boolean {
  const page = join(built, 'index.html')
  if (!existsSync(page)) return true
  const since = statSync(page).mtimeMs
  const sources = ['web/{desk,ui}/**/*.*', 'src/**/*.api.ts', 'package-lock.json']
  return globSync(sources, { cwd: root }).some((path) => statSync(join(root, path)).mtimeMs > since)
}

/** Builds the desk from its sources when that has not been done since they changed. */
export async function ensureDeskIsBuilt(tell: (words: string) => void = () => {}) {
  if (!isStale()) return
  tell('Building the desk (once after each change) …')
  const { build } = await import('vite')
  // A test's or a developer's own NODE_ENV would build the slow React that looks for mistakes.
  const { NODE_ENV } = process.env
  process.env['NODE_ENV'] = 'production'
  try {
    await build({ root: join(root, 'web', 'desk'), logLevel: 'warn' })
  } finally {
    if (NODE_ENV === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = NODE_ENV
  }
}

const encodings = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** The file as it was compressed while building, in the best form that the browser takes. */
async function compressed(c: Context, path: string) {
  const taken = c.req.header('accept-encoding') ?? ''
  for (const [encoding, ending] of encodings) {
    if (taken.includes(encoding) && existsSync(path + ending)) {
      return { encoding, body: await readFile(path + ending) }
    }
  }
  return { encoding: null, body: await readFile(path) }
}

/**
 * Serves the built desk: a file below /assets as it is and for ever (its name holds its digest); every other
 * address is a place inside the desk, so it gets the page.
 */
export async function serveDesk(c: Context) {
  const { pathname } = new URL(c.req.url)
  const asset = /^\/(?:assets\/)?[\w.-]+\.\w+$/.test(pathname) && existsSync(join(built, pathname))
  if (!asset && pathname.startsWith('/assets/')) return c.notFound()
  const path = join(built, asset ? pathname : 'index.html')
  const { encoding, body } = await compressed(c, path)
  const kept = pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
  c.header('cache-control', kept)
  c.header('vary', 'accept-encoding')
  if (encoding) c.header('content-encoding', encoding)
  c.header('content-type', types[extname(path)] ?? 'application/octet-stream')
  return c.body(body)
}
