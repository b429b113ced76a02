import { setTimeout as sleep } from 'node:timers/promises'
import { INTERACTIVE, PATIENCE } from '@/lib/azure/client/retry'
import { armedWork } from './armed-work'

/** The longest that any wait between two tries lasts here. */
const LONGEST_WAIT_MS = 20

/** What Microsoft gave out that must never be seen outside its seal. */
const SECRET_FIELDS = ['access_token', 'refresh_token', 'id_token', 'client_info'] as const
const ASKED_SECRETS = ['code', 'code_verifier', 'refresh_token', 'client_secret'] as const

/** Where a person's browser goes, which is no request of ours. */
const isBrowser = (url: string) => url.includes('/authorize')

type Held = { reached: Promise<void>; release(): void }

/**
 * Lets the requests of armed work to the sandbox meet their faults, keeps every token and code that passes, and makes
 * waits between tries short. `hold` stops the n-th request of a piece of work until it is released.
 */
export function breakRequests(sandboxUrl: string) {
  const original = globalThis.fetch
  const secrets = new Set<string>()
  const holds = new Map<AbortSignal, { left: number; reach(): void; until: Promise<void> }>()
  for (const patience of [PATIENCE, INTERACTIVE])
    patience.wait = (ms, signal) => sleep(Math.min(ms / 100, LONGEST_WAIT_MS), undefined, { signal })

  async function meet(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const url = String(input instanceof Request ? input.url : input)
    if (!url.startsWith(sandboxUrl)) return original(input, init)
    keepAsked(init?.body, secrets)
    const work = isBrowser(url) ? undefined : armedWork()
    const hold = work && holds.get(work.stopping)
    if (hold) {
      hold.left -= 1
      if (hold.left === 0) {
        hold.reach()
        await hold.until
      }
    }
    const fault = work?.nextRequest()
    if (fault?.kind === 'reset') throw new TypeError('fetch failed', { cause: resetError() })
    const response = await original(input, init)
    await keepAnswered(response, url, secrets)
    if (fault?.kind === 'answer_lost') throw new TypeError('terminated', { cause: resetError() })
    return response
  }
  globalThis.fetch = meet

  return {
    secrets,
    /** Holds the request of this number, counted from 1, of the work with this signal. */
    hold(stopping: AbortSignal, number: number): Held {
      const { promise: reached, resolve: reach } = Promise.withResolvers<void>()
      const { promise: until, resolve: release } = Promise.withResolvers<void>()
      holds.set(stopping, { left: number, reach, until })
      return {
        reached,
        release() {
          holds.delete(stopping)
          release()
        },
      }
    },
    restore() {
      globalThis.fetch = original
    },
  }
}

const resetError = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

function keepAsked(body: unknown, secrets: Set<string>): void {
  if (typeof body !== 'string' && !(body instanceof URLSearchParams)) return
  const sent = new URLSearchParams(body)
  for (const name of ASKED_SECRETS) keep(sent.get(name), secrets)
}

async function keepAnswered(response: Response, url: string, secrets: Set<string>): Promise<void> {
  const location = response.headers.get('location')
  if (location && URL.canParse(location)) keep(new URL(location).searchParams.get('code'), secrets)
  if (!/\/oauth2\/v2\.0\/token$/.test(url)) return
  const text = await response
    .clone()
    .text()
    .catch(() => '') // a body that was cut has no tokens to keep
  for (const name of SECRET_FIELDS) keep(new RegExp(`"${name}":"([^"]+)"`).exec(text)?.[1], secrets)
}

/** Characters of a secret that are looked for: the end of a token is its signature, which nothing else contains. */
const MARK_LENGTH = 32
const SHORTEST = 12

function keep(secret: string | null | undefined, secrets: Set<string>): void {
  if (secret && secret.length >= SHORTEST) secrets.add(secret.slice(-MARK_LENGTH))
}
