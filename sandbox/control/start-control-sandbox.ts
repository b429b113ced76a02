import { startSandbox } from '../server'
import { getTokens } from '../visitor'
import { makeTenant } from '../world/make-tenant'
import type { LogEntry } from '../world/world'
import type { FaultRule } from './fault-rules'

type Answer = { status: number; headers: Headers; json: Record<string, unknown>; text: string }

/** Starts a sandbox with one small tenant, and functions for its controls and its owner's requests. For tests. */
export async function startControlSandbox() {
  const sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  const made = makeTenant(sandbox.world, { seed: 'controlled', people: 25, assignments: 30, consented: true })
  const tokens = await getTokens(sandbox, made.tenantId, `owner@${made.domain}`)
  const [subscription] = made.subscriptions
  if (!subscription) throw new Error('The tenant has no subscription.')

  async function control(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await fetch(`${sandbox.url}/_sandbox${path}`, { method, headers, ...sent })
    return { status: response.status, headers: response.headers, json: (await response.json()) as unknown }
  }

  /** Requests one of Microsoft's addresses with the owner's token for it. */
  async function ask(address: string, token?: string, init: RequestInit = {}): Promise<Answer> {
    const own = address.includes('//graph.') ? tokens.graph : tokens.arm
    const response = await fetch(`${sandbox.url}/${address.replace('https://', '')}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${token ?? own}` },
      ...init,
    })
    const text = await response.text()
    const json = text.startsWith('{') && response.headers.get('content-type')?.includes('json') ? parseJson(text) : {}
    return { status: response.status, headers: response.headers, json, text }
  }

  return {
    sandbox,
    made,
    tokens,
    subscriptionId: subscription.id,
    control,
    ask,
    users: 'https://graph.microsoft.com/v1.0/users?$select=id&$top=10',
    assignments: `https://management.azure.com/subscriptions/${subscription.id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`,
    async put(rules: object[], set?: string): Promise<void> {
      const answer = await control('PUT', set ? `/faults?set=${set}` : '/faults', rules)
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.json))
    },
    faults: async (set?: string) => (await control('GET', set ? `/faults?set=${set}` : '/faults')).json as FaultRule[],
    log: async () => (await control('GET', '/log')).json as LogEntry[],
    /** Follows a list's links to its end; gives the ids of each page. */
    async pages(address: string, limit = 20): Promise<string[][]> {
      const found: string[][] = []
      let next: string | undefined = address
      while (next !== undefined && found.length < limit) {
        const { json } = await ask(next)
        found.push((json.value as { id: string }[]).map(({ id }) => id))
        next = (json.nextLink ?? json['@odata.nextLink']) as string | undefined
      }
      return found
    },
    batch: (urls: string[]) =>
      ask('https://graph.microsoft.com/v1.0/$batch', undefined, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens.graph}`, 'content-type': 'application/json' },
        body: JSON.stringify({ requests: urls.map((url, place) => ({ id: String(place), method: 'GET', url })) }),
      }),
  }
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return { broken: true }
    throw error
  }
}
