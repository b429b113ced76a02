import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FaultRule } from '../control/fault-rules'
import { startControlSandbox } from '../control/start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
})
afterEach(() => controlled.control('DELETE', '/faults'))
afterAll(() => controlled.sandbox.close())

type Seen = { failed: boolean; status: number; headers: Headers; text: string }
type Kind = Exclude<
  keyof FaultRule,
  | 'match'
  | 'name'
  | 'skip'
  | 'times'
  | 'nth'
  | 'every'
  | 'probability'
  | 'seed'
  | 'seen'
  | 'fired'
  | 'nextLink'
  | 'duplicateRows'
  | 'emptyPage'
  | 'reorder'
  | 'setField'
  | 'expirePageToken'
  | 'forgeIdToken'
  | 'dropItem'
>

/** For each kind of fault a rule, and a test whether the answer shows it, compared with `clean`, the answer without the rule. */
const FAULTS = {
  status: [{ status: 503 }, ({ status }) => status === 503],
  headers: [{ headers: { 'x-odd': 'yes' } }, ({ headers }) => headers.get('x-odd') === 'yes'],
  body: [{ body: { odd: true } }, ({ text }) => text === '{"odd":true}'],
  html: [{ html: true }, ({ status, text }) => status === 200 && text.includes('<html')],
  errorIn200: [{ errorIn200: true }, ({ status, text }) => status === 200 && text.includes('"error"')],
  retryAfter: [
    { retryAfter: 7 },
    ({ status, headers }) => [429, 503].includes(status) && headers.get('retry-after') === '7',
  ],
  redirectTo: [
    { redirectTo: 'https://elsewhere.example/' },
    ({ status, headers }) => status === 302 && headers.get('location') === 'https://elsewhere.example/',
  ],
  claimsChallenge: [
    { claimsChallenge: true },
    ({ status, headers }) => status === 401 && (headers.get('www-authenticate') ?? '').includes('insufficient_claims'),
  ],
  corruptJson: [
    { corruptJson: true },
    ({ text }, clean) => text === clean.text.slice(0, text.length) && text.length < clean.text.length,
  ],
  delayMs: [{ delayMs: 60 }, ({ status }, clean, ms) => status === clean.status && ms >= 55],
  drop: [{ drop: true }, ({ failed }) => failed],
  truncate: [{ truncate: 5 }, ({ failed }) => failed],
  cutBody: [{ cutBody: 5 }, ({ failed }) => failed],
  trickle: [
    { trickle: { bytes: 200, everyMs: 2 } },
    ({ text }, clean, ms) => text === clean.text && ms >= Math.ceil(text.length / 200) - 1,
  ],
} satisfies Record<Exclude<Kind, 'expireToken'>, [rule: object, has: (seen: Seen, clean: Seen, ms: number) => boolean]>

const SERVICES: Record<string, () => [address: string, init?: RequestInit]> = {
  'login.microsoftonline.com': () => [
    `https://login.microsoftonline.com/${controlled.made.tenantId}/v2.0/.well-known/openid-configuration`,
  ],
  'graph.microsoft.com': () => ['https://graph.microsoft.com/v1.0/organization'],
  'management.azure.com': () => [controlled.assignments],
}

async function request(service: string): Promise<Seen> {
  const [address, init] = SERVICES[service]?.() ?? ['']
  try {
    return { failed: false, ...(await controlled.ask(address, undefined, init)) }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { failed: true, status: 0, headers: new Headers(), text: '' }
  }
}

// The login only challenges at its token endpoint, for which this test has no clean answer to compare with.
const cases = Object.keys(SERVICES).flatMap((service) =>
  Object.keys(FAULTS)
    .filter((kind) => kind !== 'claimsChallenge' || !service.startsWith('login.'))
    .map((kind) => [kind, service] as [keyof typeof FAULTS, string]),
)

test.each(cases)('%s has its effect at %s, and only while its rule is set', async (kind, host) => {
  const [rule, has] = FAULTS[kind]
  const clean = await request(host)
  expect(clean.status).toBe(200)
  await controlled.put([{ match: { host }, ...rule }])
  const begun = performance.now()
  const changed = await request(host)
  expect(has(changed, clean, performance.now() - begun)).toBe(true)
  expect(await controlled.faults()).toMatchObject([{ seen: 1, fired: 1 }])
  await controlled.control('DELETE', '/faults')
  expect((await request(host)).status).toBe(200)
})
