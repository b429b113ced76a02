import { readSigningKeys } from '@/db/queries/signing-keys'
import { describeKey } from '@/lib/exports/public-keys'

/** The public keys that exports of this installation were ever signed with. They are for everybody, so there is no sign-in. */
export async function GET(): Promise<Response> {
  const keys = await readSigningKeys()
  return Response.json({ keys: keys.map(describeKey) }, { headers: { 'cache-control': 'no-store' } })
}
