// The reference page of the API: the OpenAPI document as one plain page, made here so that it needs no
// network.

type Schema = {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  description?: string
}
type Operation = {
  summary?: string
  description?: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; schema?: Schema; description?: string }[]
  requestBody?: { content?: Record<string, { schema?: Schema }> }
  responses?: Record<string, { description: string; content?: Record<string, { schema?: Schema }> }>
  security?: unknown[]
  'x-permission'?: string
}
export type ApiDocument = {
  info: { title: string; version: string; description?: string }
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

const escaped = (text: unknown) =>
  String(text).replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!,
  )

function typeOf(schema: Schema | undefined): string {
  if (!schema) return ''
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1)!
    return `<a href="#schema-${escaped(name)}">${escaped(name)}</a>`
  }
  const either = schema.anyOf ?? schema.oneOf
  if (either) return either.map(typeOf).join(' or ')
  if (schema.enum) return schema.enum.map((value) => `<code>${escaped(value)}</code>`).join(' | ')
  if (schema.items) return `list of ${typeOf(schema.items)}`
  const name = [schema.type ?? 'anything'].flat().join(' or ')
  return escaped(schema.format ? `${name} (${schema.format})` : name)
}

function fieldsOf(schema: Schema | undefined): string {
  if (!schema?.properties) return typeOf(schema)
  const rows = Object.entries(schema.properties).map(([name, field]) => {
    const optional = schema.required?.includes(name) ? '' : ' <small>optional</small>'
    const inner =
      (field.properties ?? field.items?.properties) ? fieldsOf(field.items ?? field) : typeOf(field)
    return `<tr><td><code>${escaped(name)}</code>${optional}</td><td>${inner}</td></tr>`
  })
  return `<table>${rows.join('')}</table>`
}

function parameterRows(operation: Operation): string {
  const rows = (operation.parameters ?? []).map(
    (p) =>
      `<tr><td><code>${escaped(p.name)}</code> ` +
      `<small>${escaped(p.in)}${p.required ? '' : ', optional'}</small></td>` +
      `<td>${typeOf(p.schema)} ${escaped(p.description ?? '')}</td></tr>`,
  )
  return rows.length ? `<h4>Parameters</h4><table>${rows.join('')}</table>` : ''
}

function operationOf(path: string, method: string, operation: Operation): string {
  const body = Object.entries(operation.requestBody?.content ?? {}).map(
    ([type, { schema }]) => `<h4>Body <small>${escaped(type)}</small></h4>${fieldsOf(schema)}`,
  )
  const answers = Object.entries(operation.responses ?? {}).map(([status, answer]) => {
    const content = Object.values(answer.content ?? {})[0]
    const told = `${escaped(answer.description)} ${typeOf(content?.schema)}`
    return `<tr><td><code>${escaped(status)}</code></td><td>${told}</td></tr>`
  })
  const open = operation.security?.length === 0
  const right = operation['x-permission']
  const who = open ? 'open' : right ? `permission <code>${escaped(right)}</code>` : 'whoever is signed in'
  return (
    `<details><summary><b class="${method}">${method.toUpperCase()}</b> <code>/api${escaped(path)}</code> ` +
    `<span>${escaped(operation.summary ?? '')}</span></summary>` +
    `<p>${who}. ${escaped(operation.description ?? '')}</p>` +
    `${parameterRows(operation)}${body.join('')}<h4>Answers</h4><table>${answers.join('')}</table></details>`
  )
}

const looks = `
  body { font: 14px/21px Inter, system-ui, sans-serif; color: #18212e; background: #f4f6f9; margin: 0 }
  main { max-width: 1000px; margin: 0 auto; padding: 24px }
  h1 { font-size: 28px; line-height: 34px; margin: 0 0 8px } h2 { margin: 32px 0 8px; font-size: 20px }
  h4 { margin: 12px 0 4px } small { color: #5d6778; font-weight: 400 } a { color: #2456c6 }
  details { background: #fff; border: 1px solid #e1e6ed; border-radius: 8px }
  details { margin: 8px 0; padding: 8px 16px }
  summary { cursor: pointer } summary span { color: #475467; margin-left: 8px }
  summary b { display: inline-block; min-width: 56px } .get { color: #17663b } .delete { color: #a8201a }
  .post, .put, .patch { color: #2456c6 }
  table { border-collapse: collapse; width: 100% }
  td { border-top: 1px solid #eef1f5; padding: 4px 8px; vertical-align: top }
  td:first-child { width: 260px }
  code { font-family: ui-monospace, Consolas, monospace; font-size: 13px }`

/** The document as a page of HTML: routes by noun, then the shapes they speak of. */
export function referencePage(document: ApiDocument): string {
  const groups = new Map<string, string[]>()
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? 'other'
      groups.set(tag, [...(groups.get(tag) ?? []), operationOf(path, method, operation)])
    }
  }
  const routes = [...groups].sort(([a], [b]) => (a < b ? -1 : 1))
  const schemas = Object.entries(document.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="schema-${escaped(name)}"><summary><code>${escaped(name)}</code></summary>` +
      `${fieldsOf(schema)}</details>`,
  )
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width">` +
    `<title>${escaped(document.info.title)}</title><style>${looks}</style><main>` +
    `<h1>${escaped(document.info.title)}</h1><p>${escaped(document.info.description ?? '')} ` +
    `<a href="/api/openapi.json">OpenAPI 3.1 document</a></p>` +
    routes.map(([tag, list]) => `<h2>${escaped(tag)}</h2>${list.join('')}`).join('') +
    `<h2>Shapes</h2>${schemas.join('')}</main></html>`
  )
}
