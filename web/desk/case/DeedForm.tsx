import { Button } from 'antd'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Borrower } from '#api/insight/borrowers/borrower'
import { Card } from '../../ui/Card.tsx'
import { FirstField } from '../../ui/FirstField.tsx'
import { useKeys } from '../frame/keys.ts'
import { Problem } from '../frame/Problem.tsx'
import type { Deed } from './ActionBar.tsx'
import { sending, valuesOf } from './deeds.ts'
import { dropDraft, fillDraft, keepDraft } from './draft.ts'
import { Fields, LoanChoice } from './Fields.tsx'

/**
 * A promise, plan, settlement, hardship, hold, pause or the leaving of the case, outside of a call. Takes the
 * place of the timeline.
 */
export function DeedForm({
  borrower,
  deed,
  close,
}: {
  borrower: Borrower
  deed: Deed
  close: (saved: boolean) => void
}) {
  const { t } = useTranslation()
  const form = useRef<HTMLFormElement>(null)
  const [loan_no, choose] = useState(borrower.loans[0]?.loan_no)
  const [error, setError] = useState<unknown>(null)
  const loan = borrower.loans.find((each) => each.loan_no === loan_no)
  useKeys({ escape: () => close(false), 'ctrl enter': () => form.current?.requestSubmit() })
  useEffect(() => {
    if (form.current) fillDraft(form.current, borrower.borrower_id, deed)
  }, [borrower.borrower_id, deed])
  if (!loan) return null
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    setError(null)
    try {
      await sending[deed](borrower.borrower_id, loan, valuesOf(event.currentTarget))
      dropDraft(borrower.borrower_id, deed)
      close(true)
    } catch (refused) {
      setError(refused)
    }
  }
  return (
    <Card title={t(`deeds.${deed}`)} aside={borrower.name} className="deed">
      <form
        ref={form}
        className="column"
        onSubmit={submit}
        onInput={(event) => keepDraft(event.currentTarget, borrower.borrower_id, deed)}
      >
        {deed === 'leave' ? null : <LoanChoice loans={borrower.loans} loan={loan} choose={choose} />}
        <FirstField key={`${deed} ${loan_no}`} className="column draft">
          <Fields deed={deed} borrower_id={borrower.borrower_id} loan={loan} />
        </FirstField>
        <div className="save">
          <Problem error={error} />
          <div className="row">
            <Button type="primary" htmlType="submit">
              <kbd>Ctrl Enter</kbd> {t('case.save')}
            </Button>
            <Button onClick={() => close(false)}>
              <kbd>Esc</kbd> {t('case.back')}
            </Button>
          </div>
        </div>
      </form>
    </Card>
  )
}
