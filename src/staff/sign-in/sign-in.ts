import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { genericOAuth, twoFactor } from 'better-auth/plugins'
import pg from 'pg'
import { passkeys } from './passkey.ts'

/** A single sign-on that the lender runs (OpenID Connect). Staff are matched by e-mail; none are made. */
export type SingleSignOn = { discovery_url: string; client_id: string; client_secret: string }

export type SignInOptions = { url: string; secret: string; singleSignOn?: SingleSignOn | undefined }

// Twelve hours end a session in any case; that an hour without a request does, `who-asks.routes.ts` sees to.
const SESSION_SECONDS_MAX = 12 * 3600

/** How somebody came in, by the library's route that made the session. */
function wayOf(path: string | undefined): 'password' | 'passkey' | 'single_sign_on' {
  if (path === '/passkey/verify-authentication') return 'passkey'
  return path?.includes('/callback/') ? 'single_sign_on' : 'password'
}

const at = (name: string) => ({ createdAt: 'created_at', updatedAt: 'updated_at', [name]: name })

const tables = {
  user: {
    modelName: 'staff',
    fields: { ...at('name'), emailVerified: 'email_verified' },
  },
  session: {
    modelName: 'sign_in_sessions',
    fields: {
      ...at('token'),
      userId: 'staff_id',
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
    },
    additionalFields: {
      cameBy: { type: 'string' as const, fieldName: 'came_by', input: false },
    },
    expiresIn: SESSION_SECONDS_MAX,
    disableSessionRefresh: true,
    freshAge: 0,
  },
  account: {
    modelName: 'sign_in_methods',
    fields: {
      ...at('scope'),
      userId: 'staff_id',
      accountId: 'account_id',
      providerId: 'provider_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
    },
    accountLinking: { enabled: true, trustedProviders: ['single-sign-on'] },
  },
  verification: {
    modelName: 'sign_in_verifications',
    fields: { ...at('value'), expiresAt: 'expires_at' },
  },
}

const secondFactor = () =>
  twoFactor({
    issuer: 'Amends',
    schema: {
      user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
      twoFactor: {
        modelName: 'sign_in_second_factors',
        fields: {
          userId: 'staff_id',
          backupCodes: 'backup_codes',
          failedVerificationCount: 'failed_verification_count',
          lockedUntil: 'locked_until',
        },
      },
    },
  })

const singleSignOnBy = ({ discovery_url, client_id, client_secret }: SingleSignOn) =>
  genericOAuth({
    config: [
      {
        providerId: 'single-sign-on',
        discoveryUrl: discovery_url,
        clientId: client_id,
        clientSecret: client_secret,
        scopes: ['openid', 'email', 'profile'],
        pkce: true,
        disableSignUp: true,
        // OpenID Connect names a person by `sub`, for ever; an e-mail may pass to somebody else.
        accountSubject: ({ profile }) => String(profile['sub'] ?? ''),
      },
    ],
  })

/**
 * Sign-in by passkey, by e-mail and password with a second factor, and by the lender's single sign-on where
 * one is set.
 * Nobody signs up: an admin makes staff. Sessions are rows, so that ending one ends it at once.
 */
export function createSignIn({ url, secret, singleSignOn }: SignInOptions) {
  // The library wants dates as Date objects, which the program's own pool does not give.
  const pool = new pg.Pool({ connectionString: url, max: 4, options: '-c timezone=UTC' })
  pool.on('error', () => {})
  const auth = betterAuth({
    appName: 'Amends',
    basePath: '/api/auth',
    secret,
    database: pool,
    ...tables,
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      revokeSessionsOnPasswordReset: true,
    },
    // Behind a proxy of our own the browser speaks https to the same host.
    trustedOrigins: (request) => {
      const { host } = new URL(request?.url ?? 'http://localhost')
      return [`http://${host}`, `https://${host}`]
    },
    databaseHooks: {
      session: {
        create: {
          before: async (session, context) => ({ data: { ...session, cameBy: wayOf(context?.path) } }),
        },
      },
    },
    plugins: [secondFactor(), passkeys(), ...(singleSignOn ? [singleSignOnBy(singleSignOn)] : [])],
    // Wrong passwords are counted per address in sign_in_attempts, second factors by the plugin.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    advanced: {
      useSecureCookies: process.env['AMENDS_BEHIND_PROXY'] !== undefined,
      cookiePrefix: 'amends',
      database: { generateId: () => randomUUID() },
    },
  })
  return { auth, close: () => pool.end() }
}

export type SignIn = ReturnType<typeof createSignIn>

/** A password as it is kept. */
export const passwordDigest = async ({ auth }: SignIn, password: string): Promise<string> =>
  (await auth.$context).password.hash(password)

/** Makes a member of staff who signs in with this password. Answers the staff_id. */
export async function createStaff(
  { auth }: SignIn,
  person: { name: string; email: string; password: string },
): Promise<string> {
  const { internalAdapter, password } = await auth.$context
  const { id } = await internalAdapter.createUser(
    {
      name: person.name,
      email: person.email.toLowerCase(),
      emailVerified: true,
    },
    { method: 'email' },
  )
  await internalAdapter.linkAccount({
    userId: id,
    providerId: 'credential',
    accountId: id,
    password: await password.hash(person.password),
  })
  return id
}

/**
 * The session that a request's cookie names, when it bears our signature (HMAC-SHA256, as the library makes
 * it); null otherwise. Asked with every request, so it costs no question to the database.
 */
export async function sessionTokenOf({ auth }: SignIn, headers: Headers): Promise<string | null> {
  const { authCookies, secret } = await auth.$context
  const { name } = authCookies.sessionToken
  const cookie = headers
    .get('cookie')
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${name}=`))
  if (!cookie) return null
  const [, token, signature] = /^(.+)\.([^.]+)$/.exec(decoded(cookie.slice(name.length + 1))) ?? []
  if (!token || !signature) return null
  const ours = createHmac('sha256', secret).update(token).digest()
  const theirs = Buffer.from(signature, 'base64')
  return ours.length === theirs.length && timingSafeEqual(ours, theirs) ? token : null
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
