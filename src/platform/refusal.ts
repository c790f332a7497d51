/** A refusal is an answer, not a failure: a named reason that the business understands. */
export type Decision<Value, Refusal extends string> =
  | { ok: true; value: Value }
  | { ok: false; refusal: Refusal }

export const accept = <Value>(value: Value) => ({ ok: true as const, value })
export const refuse = <Refusal extends string>(refusal: Refusal) => ({ ok: false as const, refusal })

/**
 * What a command or a request is told when it asked for something that cannot be done: `refusal` is the
 * stable name, `message` names the place and the mend in plain words, `detail` carries figures for machines.
 */
export class Refused extends Error {
  readonly refusal: string
  readonly detail: Record<string, unknown>

  constructor(refusal: string, message: string, detail: Record<string, unknown> = {}) {
    super(message)
    this.refusal = refusal
    this.detail = detail
  }
}
