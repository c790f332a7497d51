// What was typed into a form of a case outlives its closing, for as long as the window is open.

type Filled = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement

const fieldsOf = (form: HTMLFormElement) => [
  ...form.querySelectorAll<Filled>('.draft :is(input:not([type=hidden]), select, textarea)'),
]

const keyOf = (borrower_id: string, deed: string) => `amends.draft.${borrower_id}.${deed}`

/** As if it were typed: React hears of it. */
function fill(field: Filled, value: string) {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set?.call(field, value)
  field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }))
}

export function keepDraft(form: HTMLFormElement, borrower_id: string, deed: string) {
  const values = fieldsOf(form).map(({ value }) => value)
  sessionStorage.setItem(keyOf(borrower_id, deed), JSON.stringify(values))
}

export const dropDraft = (borrower_id: string, deed: string) =>
  sessionStorage.removeItem(keyOf(borrower_id, deed))

export function fillDraft(form: HTMLFormElement, borrower_id: string, deed: string) {
  const values = JSON.parse(sessionStorage.getItem(keyOf(borrower_id, deed)) ?? '[]') as string[]
  for (const [i, field] of fieldsOf(form).entries()) {
    if (values[i] !== undefined && values[i] !== field.value) fill(field, values[i])
  }
}
