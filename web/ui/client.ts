/** A refusal of the server: RFC 9457. `refusal` is its stable name. */
export class Refusal extends Error {
  readonly refusal: string
  readonly status: number
  readonly figures: Record<string, unknown>

  constructor(
    status: number,
    body: Partial<{ refusal: string; detail: string; title: string; figures: object }>,
  ) {
    super(body.detail ?? body.title ?? `${status}`)
    this.refusal = body.refusal ?? 'bug'
    this.status = status
    this.figures = { ...body.figures }
  }
}

/** A form that is not filled in well enough to be sent: the message is the key of the words that say why. */
export class Unfinished extends Error {}

/** No answer came at all: the line is down or the server is gone. */
export class NoConnection extends Error {}

export type Asked = {
  body?: unknown
  /** a text as it is, in place of a body */
  text?: string
  /** why a person's data are read or changed, where it is more than the screen at hand; it is logged */
  reason?: string
  headers?: Record<string, string>
  signal?: AbortSignal
}

async function refusalOf(response: Response): Promise<Refusal> {
  const body = await response.json().catch(() => ({}))
  // The sign-in library answers { code, message }.
  const { code, message } = body as { code?: string; message?: string }
  return new Refusal(response.status, {
    ...(code ? { refusal: code.toLowerCase(), detail: message ?? code } : {}),
    ...body,
  })
}

/** The screen that asks, as the reason of what it reads: `case` of `/case/42`. */
const screenNow = () => `screen: ${location.pathname.split('/')[1] || 'worklist'}`

const withKey = (method: string): Record<string, string> =>
  method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}

async function answerOf(method: string, path: string, asked: Asked): Promise<Response> {
  const { body, text, reason, headers, signal } = asked
  const sent =
    text !== undefined
      ? { type: 'text/plain', body: text }
      : body !== undefined
        ? { type: 'application/json', body: JSON.stringify(body) }
        : null
  return fetch(`/api${path}`, {
    method,
    headers: {
      ...(sent ? { 'content-type': sent.type } : {}),
      'amends-reason': encodeURIComponent(reason ?? screenNow()).replaceAll('%20', ' '),
      ...withKey(method),
      ...headers,
    },
    ...(sent ? { body: sent.body } : {}),
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new NoConnection()
  })
}

/** Asks the API. Throws a Refusal when the server refuses, NoConnection when it cannot be reached. */
export async function ask<Answer>(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const response = await answerOf(method, path, asked)
  if (!response.ok) throw await refusalOf(response)
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

/** What stands at a path (null: nothing yet), and the version that a change of it names in if-match. */
export async function askVersion<Answer>(path: string): Promise<{ now: Answer | null; version: string }> {
  const response = await answerOf('GET', path, {})
  const version = response.headers.get('etag')
  if (version === null || !(response.ok || response.status === 404)) throw await refusalOf(response)
  return { now: response.ok ? ((await response.json()) as Answer) : null, version }
}

/** Fetches a document with the reason that its reading needs, and hands it to the browser as a file. */
export async function fetchDocument(path: string, name: string): Promise<void> {
  const headers = { 'amends-reason': encodeURIComponent(screenNow()).replaceAll('%20', ' ') }
  const response = await fetch(`/api${path}`, { headers }).catch(() => {
    throw new NoConnection()
  })
  if (!response.ok) throw await refusalOf(response)
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await response.blob())
  link.download = `${name}.pdf`
  link.click()
  URL.revokeObjectURL(link.href)
}

/** The values as a query string; what is empty is left out. */
export function query(values: Record<string, string | number | null | undefined>): string {
  const filled = Object.entries(values).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  )
  const text = new URLSearchParams(filled.map(([name, value]) => [name, `${value}`])).toString()
  return text ? `?${text}` : ''
}
