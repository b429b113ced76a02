import { readSigningKeys } from '@/db/queries/signing-keys'

type Context = RouteContext<'/.well-known/rolecall-signing-keys/[keyFile]'>

/** One public key as a file in PEM, named by its id, as `openssl` takes it. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { keyFile } = await params
  const key = (await readSigningKeys()).find(({ id }) => `${id}.pem` === keyFile)
  if (!key) return new Response('There is no such key.', { status: 404 })
  return new Response(key.publicKey, {
    headers: { 'content-type': 'application/x-pem-file', 'cache-control': 'no-store' },
  })
}
