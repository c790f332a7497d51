import { z } from 'zod'

const days = z.int().min(0).max(10_000)
const share = z.number().positive().max(100)

const Edge = z.strictObject({
  bucket: z.string().min(1).max(40),
  from_days: z.int().min(1),
  to_days: z.int().optional(),
})
type Edge = z.infer<typeof Edge>

/** Why edges do not cover every day from the first on, each once; null when they do. */
function gapIn(edges: readonly Edge[]): string | null {
  for (const [i, edge] of edges.entries()) {
    const next = edges[i + 1]
    if (edge.bucket === 'current') return 'current is the name for loans that are not past due'
    if (!next)
      return edge.to_days === undefined ? null : `the last bucket (${edge.bucket}) must have no to_days`
    if (edge.to_days === undefined) return `${edge.bucket} has no to_days, but ${next.bucket} follows`
    if (edge.to_days < edge.from_days) return `${edge.bucket} ends before it begins`
    if (next.from_days !== edge.to_days + 1) return `${next.bucket} must begin on day ${edge.to_days + 1}`
  }
  return null
}

const BucketEdges = z
  .array(Edge)
  .min(1)
  .superRefine((edges, context) => {
    const gap = gapIn(edges)
    if (gap) context.addIssue({ code: 'custom', message: gap })
    if (edges[0]!.from_days !== 1)
      context.addIssue({ code: 'custom', message: 'the first bucket begins on day 1' })
    if (new Set(edges.map((edge) => edge.bucket)).size !== edges.length) {
      context.addIssue({ code: 'custom', message: 'a bucket stands twice' })
    }
  })

/**
 * Every setting by its name: what its value may be. Defaults stand in the migration of the module that reads
 * it.
 */
export const settingShapes: Readonly<Record<string, z.ZodType>> = {
  /** 0: the due day itself is day 0; 1: it is day 1 */
  day_origin: z.union([z.literal(0), z.literal(1)]),
  /** days past due up to which no case is opened */
  grace_days: days,
  bucket_edges: BucketEdges,
  /** packs of law that bind the lender; the strictest wins */
  packs: z.array(z.string().regex(/^[a-z]{2}(-[a-z0-9-]+)?$/)),
  /** how far a full tape may move against the one before (fractions) until a person must accept it */
  load_limits: z.strictObject({
    rows: share.optional(),
    outstanding: share.optional(),
    past_due: share.optional(),
    null_share: z.number().positive().max(1).optional(),
  }),
}

const Scope = z.object({
  effective_from: z.iso.date(),
  lender: z.string().default(''),
  product: z.string().default(''),
})

export type SettingsFile = { scope: z.infer<typeof Scope>; values: Record<string, unknown> }

/** Reads a settings file: the scope and the settings in it, or what is wrong with it, in words. */
export function readSettings(document: unknown): SettingsFile | { wrong: string[] } {
  const scope = Scope.safeParse(document)
  if (!scope.success)
    return { wrong: scope.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) }
  const { effective_from, lender, product, ...rest } = document as Record<string, unknown>
  const wrong: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rest)) {
    const shape = settingShapes[name]
    if (!shape) {
      wrong.push(`${name}: is no setting; known are ${Object.keys(settingShapes).join(', ')}`)
      continue
    }
    const read = shape.safeParse(value)
    if (read.success) values[name] = read.data
    else
      wrong.push(...read.error.issues.map((issue) => `${[name, ...issue.path].join('.')}: ${issue.message}`))
  }
  return wrong.length ? { wrong } : { scope: scope.data, values }
}
