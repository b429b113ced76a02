import { ControlRefusal } from './control-refusal'
import type { FaultRule } from './fault-rule'
import type { Chaos } from './parse-faults'

/** Every kind of misbehaviour, in a dose a patient client survives. */
const KINDS: Record<string, Partial<FaultRule>> = {
  throttled: { retryAfter: 1 },
  throttledUntil: { retryAfter: { date: 2 } },
  throttledAbsurdly: { retryAfter: 'absurd' },
  throttledSilently: { retryAfter: 'none' },
  unavailable: { retryAfter: 1, status: 503 },
  status: { errorIn200: true, status: 500 },
  errorIn200: { errorIn200: true },
  html: { html: true },
  drop: { drop: true },
  truncate: { truncate: 20 },
  cutBody: { cutBody: 20 },
  delay: { delayMs: 300 },
  trickle: { trickle: { bytes: 4_000, everyMs: 5 } },
  corruptJson: { corruptJson: true },
  nextLinkElsewhere: { nextLink: { to: 'otherHost' } },
  nextLinkSelf: { nextLink: { to: 'self' } },
  nextLinkEarlier: { nextLink: { to: 'earlier' } },
  nextLinkUserinfo: { nextLink: { to: 'userinfo' } },
  redirect: { redirectTo: 'https://attacker.example/' },
  duplicateRows: { duplicateRows: 3 },
  emptyPage: { emptyPage: true },
  reorder: { reorder: true },
  expireToken: { expireToken: true },
  claimsChallenge: { claimsChallenge: true },
  batchItem: { match: { inBatch: true }, retryAfter: 1 },
  dropItem: { dropItem: true },
}

/**
 * One rule for each kind, each with its own source from the one seed.
 *
 * @param chaos `rate`: the share of requests that something happens to, when every kind can happen to them
 */
export function expandChaos({ seed, rate, kinds = Object.keys(KINDS), match = {} }: Chaos): FaultRule[] {
  const probability = 1 - (1 - rate) ** (1 / kinds.length)
  return kinds.map((kind) => {
    const what = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
    if (!what)
      throw new ControlRefusal(`There is no kind of chaos "${kind}"; there are ${Object.keys(KINDS).join(', ')}.`)
    return {
      ...what,
      match: { ...match, ...what.match },
      name: kind,
      probability,
      seed: `${seed}:${kind}`,
      seen: 0,
      fired: 0,
    }
  })
}
