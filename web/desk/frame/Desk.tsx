import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { Button, ConfigProvider } from 'antd'
import { useTranslation } from 'react-i18next'
import { Loading } from '../../ui/Loading.tsx'
import { looks } from '../../ui/looks.ts'
import { Mark } from '../../ui/Mark.tsx'
import { SecondFactor } from '../sign-in/SecondFactor.tsx'
import { SignIn } from '../sign-in/SignIn.tsx'
import { Frame } from './Frame.tsx'
import { Problem } from './Problem.tsx'
import { places } from './places.ts'
import { useHeld, useMe } from './session.ts'

/** The first place that the person may go to. */
function Home() {
  const held = useHeld()
  const place = places.find(({ permission }) => held(permission))
  return place ? <Navigate to={place.to} replace /> : null
}

const root = createRootRoute({
  component: () => (
    <Frame>
      <Outlet />
    </Frame>
  ),
})

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, () => React.ReactNode>>, name),
  })

const tree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: Home }),
  page('/worklist', () => import('../worklist/Worklist.tsx'), 'Worklist'),
  page('/cases/$borrower_id', () => import('../case/Case.tsx'), 'Case'),
  page('/approvals', () => import('../approvals/Approvals.tsx'), 'Approvals'),
  page('/conduct', () => import('../conduct/Conduct.tsx'), 'Conduct'),
  page('/agencies', () => import('../agencies/Agencies.tsx'), 'Agencies'),
  page('/portfolio', () => import('../portfolio/Portfolio.tsx'), 'Portfolio'),
  page('/imports', () => import('../imports/Imports.tsx'), 'Imports'),
  page('/money', () => import('../money/Money.tsx'), 'Money'),
  page('/nights', () => import('../nights/Nights.tsx'), 'Nights'),
  page('/staff', () => import('../staff/Staff.tsx'), 'Staff'),
  page('/audit', () => import('../audit/Audit.tsx'), 'Audit'),
])

/** A page that cannot be shown, most often because a newer desk has taken the place of this one. */
function Broken() {
  const { t } = useTranslation()
  return (
    <div className="note refused" role="alert">
      <div className="spread wrap">
        <Mark verdict="refused">{t('states.page_broken')}</Mark>
        <Button size="small" onClick={() => location.reload()}>
          {t('states.load_again')}
        </Button>
      </div>
    </div>
  )
}

const router = createRouter({
  routeTree: tree,
  defaultNotFoundComponent: Home,
  defaultErrorComponent: Broken,
})

/** Sign-in until somebody is signed in, then the pages. */
export function Desk() {
  const { t } = useTranslation()
  const { data: me, error, isPending, refetch } = useMe()
  const inside = isPending ? (
    <Loading label={t('states.loading')} />
  ) : error ? (
    <Problem error={error} again={refetch} />
  ) : !me ? (
    <SignIn />
  ) : me.second_factor_missing ? (
    <SecondFactor />
  ) : (
    <RouterProvider router={router} />
  )
  return (
    <ConfigProvider theme={looks} wave={{ disabled: true }} button={{ autoInsertSpace: false }}>
      {inside}
    </ConfigProvider>
  )
}
