import { startSandbox } from '../server'
import { getTokens } from '../visitor'
import { CONTOSO } from '../world/demo-ids'

type Ask = { token?: string | null; method?: string; headers?: Record<string, string>; json?: unknown }

/** Starts the demo, with functions that send requests to real addresses as its administrator Ada. For tests. */
export async function startDemoSandbox() {
  const sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const ada = await getTokens(sandbox, CONTOSO, 'ada@contoso.example')
  const tenant = sandbox.world.findTenant(CONTOSO)
  if (!tenant) throw new Error('The demo has no Contoso.')

  async function ask(address: string, { token, method = 'GET', headers, json }: Ask = {}) {
    const bearer = token ?? (address.includes('//management.') ? ada.arm : ada.graph)
    const response = await fetch(address.replace('https://', `${sandbox.url}/`), {
      method: json === undefined ? method : 'POST',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    const body: unknown = isJson ? JSON.parse(text) : text
    return { status: response.status, headers: response.headers, body }
  }

  /** Sends a form to the token endpoint of a tenant. */
  async function askForToken(form: Record<string, string>, authority = CONTOSO) {
    const response = await fetch(`${sandbox.url}/login.microsoftonline.com/${authority}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: sandbox.world.clientId, client_secret: 'sandbox-secret', ...form }),
    })
    const body = (await response.json()) as Record<string, unknown>
    return { status: response.status, headers: response.headers, body }
  }
  return { sandbox, world: sandbox.world, tenant, ada, ask, askForToken }
}

export type DemoSandbox = Awaited<ReturnType<typeof startDemoSandbox>>
