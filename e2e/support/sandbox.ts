/** The sandbox's control routes, as the tests use them: worlds of their own, changes while they run, and the truth. */
export type Account = { username: string; name: string; objectId: string; kind: string }
export type MadeWorld = {
  tenantId: string
  domain: string
  accounts: Account[]
  subscriptions: { id: string; name: string }[]
}
export type TrueAssignment = {
  principalType: string
  principalId: string
  name: string | null
  mail: string | null
  userPrincipalName: string | null
  status: string | null
  roleName: string
  scope: string
}

export async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${process.env.SANDBOX_URL}/_sandbox/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  if (!response.ok)
    throw new Error(`The sandbox refused ${method} ${path}: ${response.status} ${await response.text()}`)
  const text = await response.text()
  return (text ? JSON.parse(text) : null) as T
}

export const change = (what: Record<string, unknown>) => control('POST', 'changes', what)

/** Tokens so short that every sync fetches new ones, as it does an hour later in life. Harmless to other tests. */
export const shortTokens = () => change({ type: 'set_token_lifetime', seconds: 240 })
