import type { Azure } from '@/lib/azure/client/clients'
import { readSignIns } from '@/lib/azure/last-sign-ins'
import { type Person, readPeople } from '@/lib/azure/people'
import { readServicePrincipals } from '@/lib/azure/service-principals'
import type { PrincipalFacts } from '@/lib/domain/access'
import type { CoverageLine, GroupState, PrincipalKind, PrincipalStatus } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import type { OpenedGroups } from './read-groups'

type WantedPrincipals = {
  /** Everyone and everything with access, and the groups it runs through. */
  kinds: Map<string, PrincipalKind>
  opened: OpenedGroups
  /** Names as Privileged Identity Management has them. They save no call, but come with lists that are read in any case. */
  pimNames: Map<string, string>
  granted: readonly string[]
}

type ReadPrincipals = { principals: Map<string, PrincipalFacts>; lines: CoverageLine[] }

/**
 * Names, states and last sign-ins of principals, as far as the granted permissions reach, and a line of the coverage for
 * each of the three. What could not be read is null.
 */
export async function readPrincipals(azure: Azure, wanted: WantedPrincipals, report: Report): Promise<ReadPrincipals> {
  const { kinds, opened, pimNames, granted } = wanted
  const ofKind = (kind: PrincipalKind) => [...kinds].filter(([, own]) => own === kind).map(([id]) => id)
  const [userIds, serviceIds] = [ofKind('user'), ofKind('service_principal')]
  const namesGranted = granted.includes('Application.Read.All')
  const signInsGranted = granted.includes('AuditLog.Read.All')

  report('reading_people', { people: opened.people.size, peopleWanted: userIds.length })
  const [{ people, refused, binRefused }, services, signIns] = await Promise.all([
    readPeople(azure, userIds, {
      known: opened.people,
      onProgress: (count) => report('reading_people', { people: count }),
    }),
    namesGranted ? readServicePrincipals(azure, serviceIds) : null,
    signInsGranted ? readSignIns(azure, userIds) : null,
  ])

  const principals = new Map<string, PrincipalFacts>()
  for (const [id, kind] of kinds) {
    const person = kind === 'user' ? people.get(id) : undefined
    const service = services?.found.get(id)
    principals.set(id, {
      id,
      kind,
      name: person?.name ?? service?.name ?? opened.names.get(id) ?? pimNames.get(id) ?? null,
      email: person?.email ?? null,
      userPrincipalName: person?.userPrincipalName ?? null,
      guest: person?.guest ?? null,
      status: chooseStatus(kind, { person, service, services, group: opened.groups.get(id)?.state }),
      variety: service?.variety ?? null,
      lastSignInAt: signIns?.at.get(id) ?? null,
    })
  }
  const named = serviceIds.filter((id) => principals.get(id)?.name).length
  return {
    principals,
    lines: [
      describePeople({ userIds, people, refused, binRefused }),
      describeNames(serviceIds.length, named, services),
      describeSignIns(userIds.length, signIns),
    ],
  }
}

type Services = Awaited<ReturnType<typeof readServicePrincipals>>
type SignIns = Awaited<ReturnType<typeof readSignIns>>

type KnownOfPrincipal = {
  person: Person | undefined
  service: ReturnType<Services['found']['get']>
  services: Services | null
  group: GroupState | undefined
}

function chooseStatus(kind: PrincipalKind, { person, service, services, group }: KnownOfPrincipal): PrincipalStatus {
  if (kind === 'user') return person?.status ?? 'not_readable'
  if (kind === 'foreign_group') return 'other_tenant'
  if (kind === 'group') return group === 'not_found' ? 'not_found' : group === 'whole' ? 'active' : 'not_readable'
  if (kind !== 'service_principal' || !services || services.refused) return 'not_readable'
  return service ? 'active' : 'not_found'
}

type PeopleRead = { userIds: string[]; people: Map<string, Person>; refused: boolean; binRefused: boolean }

function describePeople({ userIds, people, refused, binRefused }: PeopleRead): CoverageLine {
  const read = userIds.filter((id) => people.has(id)).length
  const line = { dataset: 'people' as const, read, missing: userIds.length - read }
  if (refused) return { ...line, state: 'not_permitted', why: 'directory_not_readable' }
  const gone = userIds.filter((id) => people.get(id)?.status === 'not_found').length
  // The bin would tell whether these were deleted lately, but it cannot be read.
  if (binRefused && gone > 0)
    return { ...line, state: 'partly', read: read - gone, missing: gone, why: 'bin_not_readable' }
  return { ...line, state: line.missing > 0 ? 'partly' : 'whole' }
}

function describeNames(wanted: number, named: number, services: Services | null): CoverageLine {
  const line = { dataset: 'other_principals' as const, read: named, missing: wanted - named }
  if (services?.refused) return { ...line, state: 'not_permitted', why: 'names_not_permitted' }
  // One that is no longer in the directory counts as read: it is known to be gone.
  if (services || wanted === named) return { ...line, state: 'whole', missing: 0 }
  return { ...line, state: 'not_asked', why: 'names_not_asked' }
}

function describeSignIns(wanted: number, signIns: SignIns | null): CoverageLine {
  const line = { dataset: 'sign_ins' as const, read: signIns?.at.size ?? 0, missing: 0 }
  if (!signIns) return { ...line, state: 'not_asked', why: 'sign_ins_not_asked' }
  if (signIns.state === 'not_licensed') return { ...line, state: 'not_licensed', why: 'sign_ins_not_licensed' }
  if (signIns.state === 'not_permitted')
    return { ...line, state: 'not_permitted', missing: wanted, why: 'sign_ins_not_permitted' }
  // People who have never signed in have no date, so only a partial read misses anyone.
  if (signIns.state === 'partly')
    return { ...line, state: 'partly', missing: wanted - line.read, why: 'sign_ins_too_many' }
  return { ...line, state: 'whole' }
}
