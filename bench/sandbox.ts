import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, loadavg } from 'node:os'
import { answer } from '@/sandbox/answer'
import { startSandbox } from '@/sandbox/server'
import { getTokens } from '@/sandbox/visitor'
import { makeTenant } from '@/sandbox/world/make-tenant'
import type { Ask } from './sandbox-client'

// npm run bench:sandbox: what the sandbox itself costs, so that nobody takes its time for the product's. One world as
// large as worlds get, then the CPU time of its process for single answers over HTTP.

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

const WARM_UP = 50
const ROUNDS = 200
const GRAPH = 'https://graph.microsoft.com/v1.0'
const ARM = 'https://management.azure.com'
const PERSON = '$select=id,displayName,userPrincipalName,mail,userType,accountEnabled,externalUserState'

const print = (figure: Record<string, unknown>) => process.stdout.write(`${JSON.stringify(figure)}\n`)
const megabytes = (bytes: number) => Math.round(bytes / 1_048_576)

const startedAt = performance.now()
const sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
const { world } = sandbox
const making = performance.now()
const huge = makeTenant(world, HUGE)
const seconds = (performance.now() - making) / 1_000
const full = makeTenant(world, FULL)
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

const client = fork(new URL('sandbox-client.ts', import.meta.url), { execArgv: ['--import', 'tsx'] })
await once(client, 'message')

/** Milliseconds of CPU this process spends on one answer, the first ones (compilation, caches) apart. The client is a process of its own. */
async function measure(name: string, asks: Ask[]): Promise<void> {
  const round = async (count: number) => {
    const before = process.cpuUsage()
    client.send({ url: sandbox.url, asks, count })
    const [said] = (await once(client, 'message')) as [{ bytes: number; problem?: string }]
    if (said.problem) throw new Error(`${name}: ${said.problem}`)
    const { user, system } = process.cpuUsage(before)
    return { ms: (user + system) / 1_000 / count, bytes: said.bytes }
  }
  const first = await round(1)
  await round(WARM_UP)
  const { ms, bytes } = await round(ROUNDS)
  print({ bench: 'sandbox answer', name, cpuMs: Number(ms.toFixed(2)), firstMs: Math.round(first.ms), bytes })
}

const owner = (made: typeof huge) => `owner@${made.domain}`
const inHuge = await getTokens(sandbox, huge.tenantId, owner(huge), { graph: 'GroupMember.Read.All' })
const inFull = await getTokens(sandbox, full.tenantId, owner(full))
const get = (address: string, token: string): Ask => ({ address, headers: { authorization: `Bearer ${token}` } })

const people = `${GRAPH}/users?$top=999&${PERSON}`
await measure('999 users', [get(people, inHuge.graph)])

const pages: string[] = []
for (let next: string | undefined = people; next !== undefined; ) {
  pages.push(next)
  const page = await answer(world, new Request(next, { headers: get(next, inHuge.graph).headers }))
  next = ((await page.json()) as { '@odata.nextLink'?: string })['@odata.nextLink']
}
await measure(
  '999 users, page after page',
  pages.slice(0, -1).map((address) => get(address, inHuge.graph)),
)

const listed = (id: string | undefined) =>
  `${ARM}/subscriptions/${id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
await measure('1,000 assignments', [get(listed(full.subscriptions[0]?.id), inFull.arm)])
await measure(
  '1,000 assignments, each time of another subscription',
  huge.subscriptions.map(({ id }) => get(listed(id), inHuge.arm)),
)

const ids = directory.users.list().map((user) => user.id)
const batches = Array.from({ length: 50 }, (_, batch): Ask => {
  const requests = Array.from({ length: 20 }, (_, item) => {
    const from = batch * 300 + item * 15
    const list = ids.slice(from, from + 15).map((id) => `'${id}'`)
    return { id: String(item), method: 'GET', url: `/users?$filter=id in (${list.join(',')})&${PERSON}` }
  })
  const headers = { authorization: `Bearer ${inHuge.graph}`, 'content-type': 'application/json' }
  return { address: `${GRAPH}/$batch`, headers, body: JSON.stringify({ requests }) }
})
await measure('$batch of 20 x 15 ids', batches)

const sizeOf = ({ id }: { id: string }) => directory.memberships.membersOf(id).size
const largest = directory.groups.list().reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a))
await measure('999 transitive members of a large group', [
  get(`${GRAPH}/groups/${largest.id}/transitiveMembers?$top=999&$select=id`, inHuge.graph),
])
print({ bench: 'machine', node: process.version, cores: availableParallelism(), loadOfOneMinute: loadavg()[0] })
client.kill()
await sandbox.close()
