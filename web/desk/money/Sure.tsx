import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StatementLine } from '#api/resolution/statements/statement'
import { ask } from '../../ui/client.ts'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import type { Loan } from './OtherLoan.tsx'

export type Deed = 'booked' | 'taken_back' | 'returned' | 'not_ours' | 'ignored'

type Props = {
  line: StatementLine
  deed: Deed
  loan: Loan | null
  reverses: string
  close: () => void
  cleared: (said: string) => void
}

/** Asked once more before a line is cleared: it is cleared once, and money on a loan changes what is owed. */
export function Sure({ line, deed, loan, reverses, close, cleared }: Props) {
  const { t } = useTranslation()
  const figures = useFigures()
  const queries = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const moves = deed === 'booked' || deed === 'taken_back'
  const amount = figures.money(line.amount.replace('-', ''), line.currency)
  const about = { amount, loan_no: loan?.loan_no, name: loan?.name ?? loan?.loan_no, payment_no: reverses }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const note = `${new FormData(event.currentTarget).get('note')}`.trim()
    const whose = {
      borrower_id: loan?.borrower_id,
      loan_no: loan?.loan_no,
      ...(deed === 'taken_back' ? { reverses } : {}),
      ...(note ? { note } : {}),
    }
    setError(null)
    ask('PUT', `/suspense/${line.sha256}/${line.line_no}/clearing`, {
      body: moves ? whose : { outcome: deed, note },
    })
      .then(() => {
        cleared(t(`money.done.${deed}`, about))
        close()
        return queries.invalidateQueries()
      })
      .catch(setError)
  }
  return (
    <Dialog title={t(`money.ask.${deed}`, about)} close={close}>
      <form className="column" onSubmit={submit}>
        <p className="soft">{t(`money.means.${deed}`, about)}</p>
        <Field
          label={t(moves ? 'money.note' : 'money.reason')}
          name="note"
          required={!moves}
          minLength={3}
          maxLength={500}
        />
        <Problem error={error} />
        <Button type="primary" htmlType="submit">
          {t(`money.deed.${deed}`)}
        </Button>
      </form>
    </Dialog>
  )
}
