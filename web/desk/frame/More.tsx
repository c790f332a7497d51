import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Problem } from './Problem.tsx'

type Pages = {
  error: unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  fetchNextPage: () => unknown
}

/** What is wrong with the list as a whole; a next page that did not come is told at its end. */
export const listError = ({ error, isFetchNextPageError }: Pages) => (isFetchNextPageError ? null : error)

/** The way on at the end of a list: the next page, that it is coming, or why it did not come. */
export function More({ pages }: { pages: Pages }) {
  const { t } = useTranslation()
  const further = () => void pages.fetchNextPage()
  if (pages.isFetchNextPageError && !pages.isFetchingNextPage) {
    return <Problem error={pages.error} again={further} />
  }
  if (!pages.hasNextPage) return null
  return (
    <Button type="link" loading={pages.isFetchingNextPage} onClick={further}>
      {t('states.more')}
    </Button>
  )
}
