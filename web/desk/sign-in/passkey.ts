import { ask } from '../../ui/client.ts'

/** The device gave nothing: the person said no, or there is no passkey of this desk on it. */
export class NoPasskey extends Error {}

const given = async (asked: Promise<Credential | null>): Promise<unknown> => {
  const credential = await asked.catch(() => null)
  if (!credential) throw new NoPasskey()
  return (credential as PublicKeyCredential).toJSON()
}

type CreationOptions = Parameters<typeof PublicKeyCredential.parseCreationOptionsFromJSON>[0]
type RequestOptions = Parameters<typeof PublicKeyCredential.parseRequestOptionsFromJSON>[0]

/** Whether this browser can make and show passkeys at all. */
export const knowsPasskeys = () => typeof PublicKeyCredential !== 'undefined'

/** Signs in with a passkey that the device holds. Throws NoPasskey, or what the server refuses. */
export async function showPasskey(): Promise<void> {
  const options = await ask<RequestOptions>('GET', '/auth/passkey/generate-authenticate-options')
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  const response = await given(navigator.credentials.get({ publicKey }))
  await ask('POST', '/auth/passkey/verify-authentication', { body: { response } })
}

/** Makes a passkey of whoever is signed in. Throws NoPasskey, or what the server refuses. */
export async function makePasskey(name: string): Promise<void> {
  const options = await ask<CreationOptions>('GET', '/auth/passkey/generate-register-options')
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  const response = await given(navigator.credentials.create({ publicKey }))
  await ask('POST', '/auth/passkey/verify-registration', { body: { response, name } })
}
