import { availableParallelism, loadavg } from 'node:os'
import { answer } from '@/sandbox/answer'
import { getTokens } from '@/sandbox/get-tokens'
import { startSandbox } from '@/sandbox/server'

// npm run bench:sandbox: what the sandbox itself costs, so that nobody takes its time for the product's. One world as
// large as worlds get, then the CPU time of single answers, tokens checked and bodies written, without the network.

const HUGE = {
  seed: 'bench',
  name: 'Colossal',
  people: 300_000,
  guests: 0.1,
  disabled: 0.05,
  groups: { count: 20_000, sizes: { min: 1, max: 60 }, depth: 3, largest: 50_000 },
  servicePrincipals: 2_000,
  customRoles: 50,
  managementGroupDepth: 4,
  subscriptions: 1_000,
  assignments: 2_000,
  consented: ['GroupMember.Read.All', 'Application.Read.All'],
}
/** Its own subscription is as full as Azure lets one be. */
const FULL = { seed: 'bench-full', people: 2_500, groups: 300, subscriptions: 1, assignments: 4_000, consented: true }

const ROUNDS = 100
const GRAPH = 'https://graph.microsoft.com/v1.0'
const ARM = 'https://management.azure.com'
const PERSON = '$select=id,displayName,userPrincipalName,mail,userType,accountEnabled,externalUserState'

const print = (figure: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(figure)}\n`)
const megabytes = (bytes: number) => Math.round(bytes / 1_048_576)

const startedAt = performance.now()
const sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
const { world } = sandbox
const making = performance.now()
const huge = world.makeTenant(HUGE)
const seconds = (performance.now() - making) / 1_000
const full = world.makeTenant(FULL)
const directory = world.findTenant(huge.tenantId)
if (!directory) throw new Error('The world was not made.')
print({
  bench: 'sandbox world',
  users: directory.users.size,
  groups: directory.groups.size,
  subscriptions: directory.subscriptions.size,
  assignments: directory.assignments.size,
  seconds: Number(seconds.toFixed(1)),
  secondsSinceStart: Number(((performance.now() - startedAt) / 1_000).toFixed(1)),
  megabytes: megabytes(process.memoryUsage().rss),
  peakMegabytes: megabytes(process.resourceUsage().maxRSS * 1_024),
})

/** Milliseconds of CPU one answer takes, the first ones (compilation, caches) apart. */
async function measure(name: string, request: (round: number) => Request): Promise<void> {
  let bytes = 0
  const once = async (round: number) => {
    const response = await answer(world, request(round))
    const body = await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`${name}: ${response.status} ${Buffer.from(body).toString()}`)
    bytes = body.byteLength
  }
  const first = process.cpuUsage()
  await once(0)
  const cold = process.cpuUsage(first)
  for (let round = 1; round <= 20; round++) await once(round)
  const before = process.cpuUsage()
  for (let round = 0; round < ROUNDS; round++) await once(round)
  const { user, system } = process.cpuUsage(before)
  const cpuMs = Number(((user + system) / 1_000 / ROUNDS).toFixed(2))
  print({ bench: 'sandbox answer', name, cpuMs, firstMs: Math.round((cold.user + cold.system) / 1_000), bytes })
}

const owner = (made: typeof huge) => `owner@${made.domain}`
const inHuge = await getTokens(sandbox, huge.tenantId, owner(huge), { graph: 'GroupMember.Read.All' })
const inFull = await getTokens(sandbox, full.tenantId, owner(full))
const get = (address: string, token: string) => new Request(address, { headers: { authorization: `Bearer ${token}` } })

await measure('999 users', () => get(`${GRAPH}/users?$top=999&${PERSON}`, inHuge.graph))

const pages: string[] = []
let next: string | undefined = `${GRAPH}/users?$top=999&${PERSON}`
while (next !== undefined) {
  pages.push(next)
  const page = (await (await answer(world, get(next, inHuge.graph))).json()) as { '@odata.nextLink'?: string }
  next = page['@odata.nextLink']
}
await measure('999 users, any page', (round) => get(pages[(round * 7) % (pages.length - 1)] ?? '', inHuge.graph))

const listed = (id: string | undefined) =>
  `${ARM}/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
await measure('1,000 assignments', () => get(listed(full.subscriptions[0]?.id), inFull.arm))
await measure('1,000 assignments, of a thousand subscriptions', (round) =>
  get(listed(huge.subscriptions[(round * 13) % huge.subscriptions.length]?.id), inHuge.arm),
)

const ids = directory.users.list().map((user) => user.id)
await measure('$batch of 20 x 15 ids', (round) => {
  const requests = Array.from({ length: 20 }, (_, item) => {
    const from = (round * 300 + item * 15) % (ids.length - 15)
    const list = ids.slice(from, from + 15).map((id) => `'${id}'`)
    return { id: String(item), method: 'GET', url: `/users?$filter=id in (${list.join(',')})&${PERSON}` }
  })
  return new Request(`${GRAPH}/$batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${inHuge.graph}`, 'content-type': 'application/json' },
    body: JSON.stringify({ requests }),
  })
})

const largest = directory.groups
  .list()
  .reduce((a, b) => (directory.memberships.membersOf(b.id).size > directory.memberships.membersOf(a.id).size ? b : a))
await measure('999 transitive members of a large group', () =>
  get(`${GRAPH}/groups/${largest.id}/transitiveMembers?$top=999&$select=id`, inHuge.graph),
)
await sandbox.close()
print({ bench: 'machine', node: process.version, cores: availableParallelism(), loadOfOneMinute: loadavg()[0] })
