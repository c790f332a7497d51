import { z } from '@hono/zod-openapi'

/** How one may sign in at this desk. */
export const SignInState = z
  .object({
    first_run: z.boolean(),
    single_sign_on: z.boolean(),
    demo: z.boolean(),
  })
  .openapi('SignInState')

export const FirstAdmin = z
  .object({
    name: z.string().trim().min(1).max(100),
    email: z.email().max(200),
    password: z.string().min(12).max(128),
  })
  .openapi('FirstAdmin')

/** Whoever is signed in, and what the screen may offer. */
export const Me = z
  .object({
    staff_id: z.string(),
    name: z.string(),
    email: z.string(),
    language: z.string(),
    roles: z.array(z.string()),
    permissions: z.array(z.string()),
    lenders: z.array(z.string()),
    sees_all: z.boolean(),
    second_factor_missing: z.boolean(),
  })
  .openapi('Me')

/** A passkey of whoever is signed in; its name is the one that it was given when it was made. */
export const Passkey = z
  .object({ passkey_id: z.string(), name: z.string().nullable(), created_at: z.string().nullable() })
  .openapi('Passkey')

export type SignInState = z.infer<typeof SignInState>
export type Me = z.infer<typeof Me>
export type Passkey = z.infer<typeof Passkey>
