import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FaultRule } from '../control/fault-rules'
import { startControlSandbox } from '../control/start-control-sandbox'

let it: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  it = await startControlSandbox()
})
afterEach(() => it.control('DELETE', '/faults'))
afterAll(() => it.sandbox.close())

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
  | 'dropItem'
>

/** What each kind of fault that any answer can have does to it, told apart from `clean`, the answer without it. */
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
    `https://login.microsoftonline.com/${it.made.tenantId}/v2.0/.well-known/openid-configuration`,
  ],
  'graph.microsoft.com': () => ['https://graph.microsoft.com/v1.0/organization'],
  'management.azure.com': () => [it.assignments],
}

async function see(service: string): Promise<Seen> {
  const [address, init] = SERVICES[service]?.() ?? ['']
  try {
    return { failed: false, ...(await it.ask(address, undefined, init)) }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { failed: true, status: 0, headers: new Headers(), text: '' }
  }
}

// The login is challenged at its token endpoint only, where no clean answer to compare with is at hand.
const cases = Object.keys(SERVICES).flatMap((service) =>
  Object.keys(FAULTS)
    .filter((kind) => kind !== 'claimsChallenge' || !service.startsWith('login.'))
    .map((kind) => [kind, service] as [keyof typeof FAULTS, string]),
)

test.each(cases)('%s has its effect at %s, and only while it is asked for', async (kind, host) => {
  const [rule, has] = FAULTS[kind]
  const clean = await see(host)
  expect(clean.status).toBe(200)
  await it.put([{ match: { host }, ...rule }])
  const begun = performance.now()
  const spoiled = await see(host)
  expect(has(spoiled, clean, performance.now() - begun)).toBe(true)
  expect(await it.faults()).toMatchObject([{ seen: 1, fired: 1 }])
  await it.control('DELETE', '/faults')
  expect((await see(host)).status).toBe(200)
})
