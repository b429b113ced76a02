import { addUser, deleteUser, guestFacts, timeBefore } from './build'
import { countOf } from './count-of'
import { flatString } from './flat-string'
import { FAMILY_NAMES, GIVEN_NAMES } from './names'
import type { Random } from './random'
import type { TenantSpec } from './tenant-spec'
import type { Tenant } from './types'

const POOL = 512 // different times: enough to look drawn, few enough to be shared by hundreds of thousands

/** Names as often as there are combinations, each kept once. */
function createNames(): (random: Random) => { displayName: string; givenName: string; surname: string } {
  const known = new Map<string, Map<string, string>>(GIVEN_NAMES.map((name) => [name, new Map()]))
  return (random) => {
    const [givenName, surname] = [random.pick(GIVEN_NAMES), random.pick(FAMILY_NAMES)]
    const family = known.get(givenName) ?? new Map<string, string>()
    const displayName = family.get(surname) ?? flatString(`${givenName} ${surname}`)
    family.set(surname, displayName)
    return { displayName, givenName, surname }
  }
}

/** The people of a made tenant, guests first, then the disabled; gives their ids. */
export function addPeople(tenant: Tenant, random: Random, spec: TenantSpec): string[] {
  const { people = 20, signIns = 0 } = spec
  const guests = countOf(spec.guests, people)
  const disabled = countOf(spec.disabled, people)
  const newName = createNames()
  const created = Array.from({ length: Math.min(POOL, people) }, () => timeBefore(random, 1_500))
  const signedIn = Array.from({ length: signIns > 0 ? POOL : 0 }, () => timeBefore(random, 90))
  const ids: string[] = []
  for (let index = 0; index < people; index++) {
    const name = newName(random)
    const address =
      index < guests
        ? guestFacts(random, tenant, `guest${index}@elsewhere.example`, index % 2 === 0)
        : { userPrincipalName: flatString(`person${index}@${tenant.domain}`) }
    const user = addUser(tenant, random, {
      ...name,
      ...address,
      id: random.guid(),
      createdDateTime: random.pick(created),
      accountEnabled: !(index >= guests && index < guests + disabled),
      lastSignInDateTime: signIns > 0 && random.next() < signIns ? random.pick(signedIn) : null,
    })
    ids.push(user.id)
  }
  return ids
}

/** People who have gone: every second one out of the bin too, so that only their assignments still tell of them. */
export function addDeleted(tenant: Tenant, random: Random, count: number): string[] {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const user = addUser(tenant, random, {
      id: random.guid(),
      displayName: `Former Colleague ${index + 1}`,
      userPrincipalName: flatString(`former${index}@${tenant.domain}`),
    })
    deleteUser(tenant, user, '2026-01-10T12:00:00Z', index % 2 === 1)
    ids.push(user.id)
  }
  return ids
}
