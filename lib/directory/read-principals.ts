import type { Azure } from '@/lib/azure/client/clients'
import { matchOdd } from '@/lib/azure/client/rows'
import { readSignIns } from '@/lib/azure/last-sign-ins'
import { type Person, readPeople } from '@/lib/azure/people'
import { readServicePrincipals, type ServicePrincipal } from '@/lib/azure/service-principals'
import type { PrincipalFacts } from '@/lib/domain/access'
import type { GroupState, PrincipalKind, PrincipalStatus } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import { confirmMissing } from './missing-principals'
import type { OpenedGroups } from './read-groups'
import type { StoredDirectory, StoredPrincipal } from './stored-directory'

type WantedPrincipals = {
  /** Everyone and everything with access, the groups it runs through, and their owners. */
  kinds: ReadonlyMap<string, PrincipalKind>
  /** Those that Microsoft names as AI agents. */
  agents: ReadonlySet<string>
  opened: Pick<OpenedGroups, 'groups' | 'names' | 'people' | 'services'>
  /** Names as Privileged Identity Management has them. They come with lists that are read in any case. */
  names: ReadonlyMap<string, string>
  /** When the oldest assignment of each principal was made, where Azure tells it. */
  assignedOn: ReadonlyMap<string, Date>
  /** What is said of groups that the directory does not know. */
  missingGroups: ReadonlyMap<string, ReturnType<typeof confirmMissing>>
  granted: readonly string[]
}

/** What was read of principals, and by which readings. `services` and `signIns` are null where they were not asked for. */
export type ReadPrincipals = {
  principals: Map<string, PrincipalFacts>
  people: PeopleRead
  services: Services | null
  signIns: SignIns | null
}

/**
 * Names, states and last sign-ins of principals, as far as the granted permissions reach. What could not be read is null, or
 * what was known before.
 */
export async function readPrincipals(
  azure: Azure,
  wanted: WantedPrincipals,
  directory: StoredDirectory,
  report: Report,
): Promise<ReadPrincipals> {
  const { kinds, agents, opened, granted } = wanted
  const ofKind = (kind: PrincipalKind) => [...kinds].filter(([, own]) => own === kind).map(([id]) => id)
  const [userIds, serviceIds] = [ofKind('user'), ofKind('service_principal')]
  const unnamed = serviceIds.filter((id) => !opened.services.get(id)?.name)
  const namesGranted = granted.includes('Application.Read.All')
  const signInsGranted = granted.includes('AuditLog.Read.All')

  const known = userIds.filter((id) => opened.people.has(id)).length
  report('reading_people', { people: known, peopleWanted: userIds.length })
  const [people, services, signIns] = await Promise.all([
    readPeople(azure, userIds, {
      known: opened.people,
      wasKnown: async (ids) => new Set((await directory.listPrincipals(ids)).filter(isInDirectory).map(({ id }) => id)),
      onProgress: (count) => report('reading_people', { people: count }),
    }),
    namesGranted ? readServicePrincipals(azure, unnamed) : null,
    signInsGranted ? readSignIns(azure, userIds) : null,
  ])

  const serviceOf = (id: string) => services?.found.get(id) ?? opened.services.get(id)
  const read = {
    people: people.people,
    binRead: people.binRefused === null,
    services,
    serviceOf,
    isAmongOdd: matchOdd(services?.odd ?? []),
  }
  const told = new Map([...kinds].map(([id, kind]) => [id, statusOf(id, kind, opened.groups.get(id)?.state, read)]))
  const doubtful = [...told].filter(([, status]) => DOUBTFUL.includes(status)).map(([id]) => id)
  const before = new Map((await directory.listPrincipals(doubtful)).map((one) => [one.id, one]))
  const now = await directory.now()
  const principals = new Map<string, PrincipalFacts>()
  for (const [id, kind] of kinds) {
    const person = people.people.get(id)
    const service = serviceOf(id)
    const isMissing = told.get(id) === 'not_found'
    const look = { assignedOn: wanted.assignedOn.get(id), binRead: read.binRead, now }
    principals.set(id, {
      id,
      kind,
      name: person?.name ?? service?.name ?? opened.names.get(id) ?? wanted.names.get(id) ?? null,
      email: person?.email ?? null,
      emailSource: person?.emailSource ?? null,
      userPrincipalName: person?.userPrincipalName ?? null,
      guest: person?.guest ?? null,
      ...(wanted.missingGroups.get(id) ??
        (isMissing
          ? confirmMissing(before.get(id), look)
          : keepStatus(told.get(id) ?? 'not_readable', kind, before.get(id)))),
      variety: agents.has(id) ? 'agent' : (service?.variety ?? null),
      lastSignInAt: signIns?.at.get(id) ?? null,
      organisation: null,
    })
  }
  return { principals, people, services, signIns }
}

export type PeopleRead = Awaited<ReturnType<typeof readPeople>>
export type Services = Awaited<ReturnType<typeof readServicePrincipals>>
export type SignIns = Awaited<ReturnType<typeof readSignIns>>

/** Statuses of which it matters what was known before. */
const DOUBTFUL: readonly PrincipalStatus[] = ['not_found', 'not_readable']

/** Whether the directory had an account when it was asked last. */
const isInDirectory = ({ status }: StoredPrincipal) =>
  status === 'active' || status === 'invited' || status === 'disabled'

type Known = {
  people: ReadonlyMap<string, Person>
  services: Services | null
  serviceOf: (id: string) => ServicePrincipal | undefined
  /** Whether a service principal may be one whose row could not be understood. */
  isAmongOdd: (id: string) => boolean
}

function statusOf(id: string, kind: PrincipalKind, group: GroupState | undefined, known: Known): PrincipalStatus {
  if (kind === 'user') return known.people.get(id)?.status ?? 'not_readable'
  if (kind === 'foreign_group' || kind === 'delegate') return 'other_tenant'
  if (kind === 'group')
    return group === 'not_found' ? 'not_found' : group === 'whole' || group === 'partly' ? 'active' : 'not_readable'
  if (kind !== 'service_principal') return 'not_readable'
  if (known.serviceOf(id)) return 'active'
  const { services } = known
  return !services || services.refused || known.isAmongOdd(id) ? 'not_readable' : 'not_found'
}

/** A status that could not be read now says what it said before: a refusal does not mend a disabled account. */
function keepStatus(
  status: PrincipalStatus,
  kind: PrincipalKind,
  before: StoredPrincipal | undefined,
): Pick<PrincipalFacts, 'status' | 'missingSince'> {
  const isKept = status === 'not_readable' && kind === 'user' && before?.kind === kind
  return isKept ? { status: before.status, missingSince: before.missingSince } : { status, missingSince: null }
}
