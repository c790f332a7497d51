import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import type { PositionAnswer } from '#api/book/ledger/position'
import { ask } from '../../ui/client.ts'
import { decimalOf, digitsOf } from '../../ui/typed.ts'
import { useFigures } from '../frame/figures.ts'
import { Problem } from '../frame/Problem.tsx'
import type { Loan } from './OtherLoan.tsx'

type Position = z.infer<typeof PositionAnswer>
type Line = { amount_minor: number; currency: string; booked_on: string }

/** Money of a tape's own day, or of one before, is in what the tape states. */
const isInTheTape = (position: Position, line: Line) => line.booked_on <= position.tape_as_of

/** What the line would make of the position. */
function After({ position, line }: { position: Position; line: Line }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { currency, outstanding, outstanding_minor } = position
  if (line.currency !== currency || isInTheTape(position, line)) return null
  const after = decimalOf(outstanding_minor - line.amount_minor, digitsOf(outstanding))
  return (
    <tr>
      <th scope="row">{t('money.after')}</th>
      <td className="number">{figures.money(after, currency)}</td>
    </tr>
  )
}

/** Where a loan stands, with its sum: the last tape, what moved since, what is owed, and after the line. */
export function PositionSum({ loan: { borrower_id, loan_no, name }, line }: { loan: Loan; line: Line }) {
  const { t } = useTranslation()
  const figures = useFigures()
  const { data, error } = useQuery({
    queryKey: ['position', borrower_id, loan_no],
    queryFn: () =>
      ask<Position>('GET', `/borrowers/${borrower_id}/loans/${encodeURIComponent(loan_no)}/position`),
  })
  if (error) return <Problem error={error} />
  if (!data) return null
  const { currency } = data
  return (
    <>
      <table className="figures-table tight">
        <caption>
          <Link to="/cases/$borrower_id" params={{ borrower_id }}>
            {name ?? loan_no}
          </Link>{' '}
          <span className="soft">{name ? loan_no : null}</span>
        </caption>
        <tbody>
          <tr>
            <th scope="row">{t('money.tape', { day: figures.date(data.tape_as_of) })}</th>
            <td className="number">{figures.money(data.tape, currency)}</td>
          </tr>
          {data.movements.map((movement, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two alike are two; the list is read only.
            <tr key={`${movement.on_date} ${i}`}>
              <th scope="row">
                {t(`money.moved.${movement.kind}`, { defaultValue: movement.reason })}{' '}
                <span className="soft">{figures.day(movement.on_date)}</span>
              </th>
              <td className="number">{figures.money(movement.change, currency)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{t('case.outstanding')}</th>
            <td className="number">{figures.money(data.outstanding, currency)}</td>
          </tr>
          <After position={data} line={line} />
        </tfoot>
      </table>
      {isInTheTape(data, line) ? <p className="small soft">{t('money.in_the_tape')}</p> : null}
    </>
  )
}
