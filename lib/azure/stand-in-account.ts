import { type Azure, createAzure } from './azure'
import { createMeter, type Meter } from './meter'
import { countedPatience } from './stand-in'

/** For tests: an account whose token is always at hand (`arm-1`, `graph-1`); a refused one is followed by the next. */
export function standInAccount(): { azure: Azure; meter: Meter; patience: ReturnType<typeof countedPatience> } {
  const meter = createMeter()
  const patience = countedPatience()
  let generation = 1
  const tokens: Azure['caller']['tokens'] = {
    async get(resource, { refused } = {}) {
      if (refused === `${resource}-${generation}`) generation += 1
      return { token: `${resource}-${generation}`, expiresOnTimestamp: Date.now() + 3_600_000 }
    },
    granted: () => [],
    withdrawn: () => [],
  }
  return { azure: createAzure({ meter, patience, tokens }), meter, patience }
}
