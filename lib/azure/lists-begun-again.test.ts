import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import type { OddRow } from './client/rows'
import { readGroups } from './groups'
import { readMembershipsOfPeople } from './memberships-of-people'
import { readPeople } from './people'
import { readServicePrincipals } from './service-principals'

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const [GROUP, OTHER] = [guid(500), guid(501)]
const ODD = { id: 'odd', principalId: 7 }

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

type Question = { url: string; headers?: Record<string, string> }
type Answer = { status: number; body: object }

const listed = (value: unknown[], nextLink?: string): Answer => ({
  status: 200,
  body: { value, ...(nextLink ? { '@odata.nextLink': `https://graph.microsoft.com/v1.0${nextLink}` } : {}) },
})
const expired: Answer = { status: 410, body: { error: { code: 'Directory_ExpiredPageToken', message: 'x' } } }
const notThere: Answer = { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'x' } } }

/** Lets Graph answer each GET like this, alone or inside a batch; gives the questions in the order in which they came. */
function graph(answer: (question: Question) => Answer | undefined): Question[] {
  const asked: Question[] = []
  const answerOne = (question: Question) => {
    asked.push(question)
    return answer(question) ?? (question.url.startsWith('/directory/') ? notThere : listed([]))
  }
  microsoft.answer(({ url, body }) => {
    if (!url.pathname.endsWith('/$batch')) {
      const { status, body: json } = answerOne({
        url: decodeURIComponent(url.pathname.slice('/v1.0'.length) + url.search),
      })
      return { status, json }
    }
    const { requests } = JSON.parse(body) as { requests: (Question & { id: string })[] }
    return { json: { responses: requests.map(({ id, ...question }) => ({ id, ...answerOne(question) })) } }
  })
  return asked
}

/** A list in two pages with an odd row in the first, whose second page is refused once. */
function expiring(path: string, row: object): Question[] {
  let isExpired = false
  return graph(({ url }) => {
    if (!url.startsWith(path)) return undefined
    if (!url.includes('page=2')) return listed([ODD, row], `${path}page=2`)
    if (isExpired) return listed([])
    isExpired = true
    return expired
  })
}

const oddOfGroup = async () => {
  const { odd } = await readGroups(account().azure, [GROUP], { asksEligible: true })
  return [...odd.values()].flatMap((groups) => groups.get(GROUP) ?? [])
}
const LISTS: [string, string, () => Promise<OddRow[]>][] = [
  ['users', '/users?', async () => (await readPeople(account().azure, [guid(1)])).odd],
  [
    'service principals',
    '/servicePrincipals?',
    async () => (await readServicePrincipals(account().azure, [guid(1)])).odd,
  ],
  ['members', `/groups/${GROUP}/members?`, oddOfGroup],
  ['service principals of a group', `/groups/${GROUP}/members/microsoft.graph.servicePrincipal?`, oddOfGroup],
  ['eligible members', '/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances?', oddOfGroup],
  ['a whole directory', '/users?', async () => (await readMembershipsOfPeople(account().azure, new Set([GROUP]))).odd],
]

describe.each(LISTS)('%s', (_, path, readOdd) => {
  test('that are begun again name a row that is odd both times once', async () => {
    const asked = expiring(path, { id: guid(1), displayName: 'Ada', accessId: 'member', principalId: guid(1) })
    expect(await readOdd()).toEqual([{ id: 'odd' }])
    expect(asked.filter(({ url }) => url.startsWith(path))).toHaveLength(4)
  })
})

test('the pages of an advanced query keep its header, also when it is begun again', async () => {
  const asked = expiring(`/groups/${GROUP}/members/microsoft.graph.servicePrincipal?`, { id: guid(1) })
  await readGroups(account().azure, [GROUP])
  const casts = asked.filter(({ url }) => url.includes('microsoft.graph.servicePrincipal'))
  expect(casts).toHaveLength(4)
  for (const { headers } of casts) expect(headers).toEqual({ ConsistencyLevel: 'eventual' })
})

test('of the lists of a batch only the one whose token expired is asked again, and every call is counted', async () => {
  const asked = expiring(`/groups/${GROUP}/members?`, { id: guid(1) })
  const { azure, meter } = account()
  const plan = { predicted: 1, made: 0 }
  const { groups } = await readGroups(azure, [GROUP, OTHER], { plan })
  expect(asked.filter(({ url }) => url.startsWith(`/groups/${OTHER}/members?`))).toHaveLength(1)
  expect(asked.filter(({ url }) => url.includes('microsoft.graph.servicePrincipal'))).toHaveLength(2)
  expect([...(groups.get(GROUP)?.members.values() ?? [])].map(({ id }) => id)).toEqual([guid(1)])
  expect([plan.made, meter.calls]).toEqual([4, 4])
  expect(plan.predicted).toBe(4)
})
