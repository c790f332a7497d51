import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { pauseRoutes } from './book/delinquency/pause.routes.ts'
import { loadRoutes } from './book/intake/load.routes.ts'
import { positionRoutes } from './book/ledger/position.routes.ts'
import { pastDueRoutes } from './book/positions/past-due.routes.ts'
import { quoteRoutes } from './book/quotes/quote.routes.ts'
import { contractScheduleRoutes } from './book/schedules/contract-schedule.routes.ts'
import { agencyRoutes } from './conduct/agencies/agency.routes.ts'
import { contactRoutes } from './conduct/contacts/contact.routes.ts'
import { factRoutes } from './conduct/facts/fact.routes.ts'
import { incidentRoutes } from './conduct/incidents/incident.routes.ts'
import { borrowerPackRoutes } from './conduct/packs/borrower-pack.routes.ts'
import { packRoutes } from './conduct/packs/pack.routes.ts'
import { stopRoutes } from './conduct/stops/stop.routes.ts'
import { templateRoutes } from './conduct/templates/template.routes.ts'
import { contactHoursRoutes } from './conduct/verdicts/contact-hours.routes.ts'
import { verdictRoutes } from './conduct/verdicts/verdict.routes.ts'
import { isDemoBook } from './demo/demo-when-empty.ts'
import { placementRoutes } from './enforcement/placements/placement.routes.ts'
import { approvalRoutes } from './insight/approvals/approval.routes.ts'
import { borrowerRoutes } from './insight/borrowers/borrower.routes.ts'
import { circumstancesRoutes } from './insight/borrowers/circumstances.routes.ts'
import { liveRoutes } from './insight/borrowers/live.routes.ts'
import { Live } from './insight/borrowers/live.ts'
import { nightRoutes } from './insight/nights/night.routes.ts'
import { portfolioRoutes } from './insight/portfolio/portfolio.routes.ts'
import { steps } from './nightly.ts'
import type { Clock } from './platform/clock.ts'
import type { Context } from './platform/command.ts'
import type { Db } from './platform/database.ts'
import type { Opened } from './platform/desk.command.ts'
import { type Env, onError, problem, type Routes } from './platform/http.ts'
import { serveDesk } from './platform/http-desk.ts'
import { isWrite, limitBody, rateLimit, sameOrigin, securityHeaders } from './platform/http-guards.ts'
import { type ApiDocument, referencePage } from './platform/http-reference.ts'
import { affordabilityRoutes } from './resolution/affordability/affordability.routes.ts'
import { agreementRoutes } from './resolution/agreements/agreement.routes.ts'
import { differenceRoutes } from './resolution/differences/difference.routes.ts'
import { disputeRoutes } from './resolution/disputes/dispute.routes.ts'
import { disputedPartRoutes } from './resolution/disputes/disputed-part.routes.ts'
import { hardshipRoutes } from './resolution/hardship/hardship.routes.ts'
import { enteredMovementRoutes } from './resolution/movements/entered-movement.routes.ts'
import { planRoutes } from './resolution/plans/plan.routes.ts'
import { planAgreementRoutes } from './resolution/plans/plan-agreement.routes.ts'
import { promiseRoutes } from './resolution/promises/promise.routes.ts'
import { paymentRoutes } from './resolution/receipts/payment.routes.ts'
import { settlementRoutes } from './resolution/settlements/settlement.routes.ts'
import { settlementDecisionRoutes } from './resolution/settlements/settlement-decision.routes.ts'
import { statementRoutes } from './resolution/statements/statement.routes.ts'
import { virtualAccountRoutes } from './resolution/statements/virtual-account.routes.ts'
import { waiverRoutes } from './resolution/waivers/waiver.routes.ts'
import { auditRoutes } from './staff/audit/audit.routes.ts'
import { authorityLimitRoutes } from './staff/people/authority-limit.routes.ts'
import { demoPassword, demoSignIns, makeDemoStaff } from './staff/people/demo-staff.ts'
import { peopleRoutes } from './staff/people/people.routes.ts'
import { teamRoutes } from './staff/people/team.routes.ts'
import { tokenRoutes } from './staff/people/token.routes.ts'
import { onceOnly } from './staff/requests/request.routes.ts'
import { meRoutes, openRoutes } from './staff/sign-in/sign-in.routes.ts'
import { nobodyYet } from './staff/sign-in/sign-in.sql.ts'
import { createSignIn, type SingleSignOn } from './staff/sign-in/sign-in.ts'
import { addressOf, type Desk, whoAsks } from './staff/sign-in/who-asks.routes.ts'
import { handoverRoutes } from './strategy/worklists/handover.routes.ts'
import { worklistRoutes } from './strategy/worklists/worklist.routes.ts'

/** What can be asked, by noun. Each needs a person or a machine that is signed in. */
const nouns = (desk: Desk, live: Live): Routes[] => [
  worklistRoutes(),
  handoverRoutes(),
  placementRoutes(),
  approvalRoutes(),
  liveRoutes(live),
  meRoutes(desk),
  peopleRoutes(desk.signIn),
  authorityLimitRoutes(),
  teamRoutes(),
  tokenRoutes(),
  loadRoutes(),
  nightRoutes(steps),
  portfolioRoutes(),
  borrowerRoutes(),
  circumstancesRoutes(),
  auditRoutes(),
  promiseRoutes(),
  affordabilityRoutes(),
  planRoutes(),
  planAgreementRoutes(),
  settlementRoutes(),
  settlementDecisionRoutes(),
  waiverRoutes(),
  paymentRoutes(),
  enteredMovementRoutes(),
  statementRoutes(),
  virtualAccountRoutes(),
  quoteRoutes(),
  positionRoutes(),
  pastDueRoutes(),
  contractScheduleRoutes(),
  pauseRoutes(),
  differenceRoutes(),
  disputeRoutes(),
  disputedPartRoutes(),
  hardshipRoutes(),
  agreementRoutes(),
  verdictRoutes(),
  contactHoursRoutes(),
  contactRoutes(),
  factRoutes(),
  stopRoutes(),
  incidentRoutes(),
  packRoutes(),
  borrowerPackRoutes(),
  agencyRoutes(),
  templateRoutes(),
]

const about = {
  openapi: '3.1.0',
  info: {
    title: 'Amends',
    version: '1',
    description:
      'Everything that the desk does goes through these routes. A person signs in with a session; a ' +
      'machine sends a token as Authorization: Bearer. A refusal is a problem (RFC 9457) whose `refusal` ' +
      'is its stable name.',
  },
  servers: [{ url: '/api' }],
}

// Per minute: a person at work sends a few requests for every key; a password is typed a few times.
const REQUESTS_PER_MINUTE = 1_200
const SIGN_INS_PER_MINUTE = 60

function describe(app: OpenAPIHono<Env>): () => ApiDocument {
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'amends.session_token',
  })
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  let document: ApiDocument | undefined
  return () => (document ??= app.getOpenAPI31Document(about) as unknown as ApiDocument)
}

/** Whoever looks at a borrower learns that something about it was written. */
const tellOnlookers =
  (live: Live): MiddlewareHandler<Env> =>
  async (c, next) => {
    await next()
    const borrower_id = /\/borrowers\/(-?\d+)\//.exec(c.req.path)?.[1]
    if (borrower_id && isWrite(c.req.method) && c.res.status < 300) live.changed(borrower_id)
  }

/** Every route of the program under /api, and the desk under everything else. */
function createApi(desk: Desk, live: Live): OpenAPIHono<Env> {
  const api = new OpenAPIHono<Env>()
  const document = describe(api)
  api.use(sameOrigin)
  api.use(limitBody)
  api.get('/openapi.json', (c) => c.json(document()))
  api.get('/reference', (c) => c.html(referencePage(document())))
  api.use('/auth/*', rateLimit(SIGN_INS_PER_MINUTE, addressOf))
  api.route('/', openRoutes(desk))
  api.use(whoAsks(desk))
  api.use(rateLimit(REQUESTS_PER_MINUTE, (c) => c.var.person.staff_id))
  api.use(onceOnly)
  api.use(tellOnlookers(live))
  for (const routes of nouns(desk, live)) api.route('/', routes)
  api.all('*', (c) => problem(c, 'no_such_route'))

  const app = new OpenAPIHono<Env>()
  app.onError(onError)
  app.use(securityHeaders)
  app.route('/api', api)
  app.get('*', serveDesk)
  return app
}

/** The program as something that answers requests; `close` ends what it holds open. */
export function openDesk(options: {
  db: Db
  url: string
  clock: Clock
  secret: string
  demo: boolean
  singleSignOn?: SingleSignOn | undefined
}) {
  const { db, url, clock, secret, demo, singleSignOn } = options
  const signIn = createSignIn({ url, secret, singleSignOn })
  const desk: Desk = { signIn, db, url, clock, demo, singleSignOn: singleSignOn !== undefined }
  const live = new Live(url)
  const close = async () => {
    await live.close()
    await signIn.close()
  }
  return { app: createApi(desk, live), desk, close }
}

function singleSignOnOfMachine(): SingleSignOn | undefined {
  const { AMENDS_OIDC_URL: discovery_url, AMENDS_OIDC_CLIENT: client_id } = process.env
  const client_secret = process.env['AMENDS_OIDC_SECRET']
  return discovery_url && client_id && client_secret ? { discovery_url, client_id, client_secret } : undefined
}

/**
 * The desk of `start`: with the demo book it has the demo's staff, otherwise its first page makes an admin.
 */
export async function openStaffedDesk(options: Context & { secret: string }): Promise<Opened> {
  const { db, clock, secret } = options
  const demo = await isDemoBook(db)
  const { app, desk, close } = openDesk({ ...options, demo, singleSignOn: singleSignOnOfMachine() })
  const password = demoPassword(secret)
  if (demo && (await nobodyYet(db))) await makeDemoStaff(db, desk.signIn, clock, password)
  const signIns = demo
    ? [
        'Sign in to the demo with:',
        ...demoSignIns.map((who) => `  ${who.email.padEnd(26)} ${who.role}`),
        `  password ${password}`,
      ]
    : (await nobodyYet(db))
      ? ['Nobody works here yet: the first page makes the first admin.']
      : []
  return { fetch: app.fetch as Opened['fetch'], signIns, close }
}
