import { passkey } from '@better-auth/passkey'
import { APIError } from 'better-auth/api'

/**
 * The host whose passkeys are taken: of AMENDS_ADDRESS, where people reach the desk, or this machine itself.
 * A browser gives a passkey to the host that it was made for and to no other.
 */
function hostOfDesk(): string {
  const address = process.env['AMENDS_ADDRESS']
  return address ? new URL(address).hostname : 'localhost'
}

/**
 * A passkey counts as both factors only when the device itself has asked for a PIN, finger or face (WebAuthn
 * level 3, 6.1: the flag UV). One that did not ask would be a key that anybody who holds it may use.
 */
function requireVerified(verified: boolean | undefined) {
  if (verified) return
  throw new APIError('FORBIDDEN', {
    code: 'PASSKEY_DID_NOT_VERIFY_THE_PERSON',
    message: 'The passkey did not ask for a PIN, finger or face.',
  })
}

/** Passkeys (WebAuthn) as a whole way in, kept in `sign_in_passkeys`. */
export const passkeys = () =>
  passkey({
    rpID: hostOfDesk(),
    rpName: 'Amends',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: ({ verification }) => requireVerified(verification.registrationInfo?.userVerified),
    },
    authentication: {
      afterVerification: ({ verification }) => requireVerified(verification.authenticationInfo.userVerified),
    },
    schema: {
      passkey: {
        modelName: 'sign_in_passkeys',
        fields: {
          userId: 'staff_id',
          credentialID: 'credential_id',
          publicKey: 'public_key',
          deviceType: 'device_type',
          backedUp: 'backed_up',
          createdAt: 'created_at',
        },
      },
    },
  })
