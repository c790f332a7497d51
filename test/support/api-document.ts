// What the OpenAPI document says, for tests that go over all of it.

export type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  items?: Schema
  minItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}
export type Operation = {
  security?: unknown[]
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>
}
export type ApiDocument = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}
export type Asked = { name: string; method: string; path: string; operation: Operation }

/** Every operation of the document. */
export const operationsOf = (document: ApiDocument): Asked[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      operation,
    })),
  )

/** The schema itself, where a reference stands for it. */
export const resolvedIn =
  (document: ApiDocument) =>
  (schema: Schema): Schema =>
    schema.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)!]! : schema

/** The names of all fields of a schema, at any depth. */
export function fieldsOf(document: ApiDocument, given: Schema | undefined): Set<string> {
  const found = new Set<string>()
  const seen = new Set<Schema>()
  const walk = (schema: Schema | undefined): void => {
    if (!schema || seen.has(schema)) return
    seen.add(schema)
    const { properties = {}, items, anyOf = [], oneOf = [], allOf = [] } = resolvedIn(document)(schema)
    for (const [name, field] of Object.entries(properties)) {
      found.add(name)
      walk(field)
    }
    for (const part of [items, ...anyOf, ...oneOf, ...allOf]) walk(part)
  }
  walk(given)
  return found
}
