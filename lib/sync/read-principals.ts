import type { Azure } from '@/lib/azure/client/clients'
import { matchOdd } from '@/lib/azure/client/rows'
import { readSignIns } from '@/lib/azure/last-sign-ins'
import { type Person, readPeople } from '@/lib/azure/people'
import { readServicePrincipals, type ServicePrincipal } from '@/lib/azure/service-principals'
import type { PrincipalFacts } from '@/lib/domain/access'
import { oddIds, refusedLine } from '@/lib/domain/coverage'
import type { CoverageLine, GroupState, PrincipalKind, PrincipalStatus } from '@/lib/domain/vocabulary'
import type { Report } from '@/lib/runs/runs'
import type { LastPrincipal, LastResult } from './last-result'
import { confirmMissing } from './missing-principals'
import type { OpenedGroups } from './read-groups'

type WantedPrincipals = {
  /** Everyone and everything with access, the groups it runs through, and their owners. */
  kinds: ReadonlyMap<string, PrincipalKind>
  /** Those that Microsoft names as AI agents. */
  agents: ReadonlySet<string>
  opened: Pick<OpenedGroups, 'groups' | 'names' | 'people' | 'services'>
  /** Names as Privileged Identity Management has them. They come with lists that are read in any case. */
  names: ReadonlyMap<string, string>
  /** Principals that another tenant names in a delegation. It is believed of those only that nothing of our own names. */
  delegates: ReadonlyMap<string, { principalName: string | null; organisation: string }>
  /** When the oldest assignment of each principal was made, where Azure tells it. */
  assignedOn: ReadonlyMap<string, Date>
  /** What is said of groups that the directory does not know. */
  missingGroups: ReadonlyMap<string, ReturnType<typeof confirmMissing>>
  granted: readonly string[]
}

type ReadPrincipals = { principals: Map<string, PrincipalFacts>; lines: CoverageLine[] }

/**
 * Names, states and last sign-ins of principals, as far as the granted permissions reach, and a line of the coverage for
 * each of the three. What could not be read is null, or what was known before.
 */
export async function readPrincipals(
  azure: Azure,
  wanted: WantedPrincipals,
  last: LastResult,
  report: Report,
): Promise<ReadPrincipals> {
  const { kinds, agents, opened, granted } = wanted
  const ofKind = (kind: PrincipalKind) => [...kinds].filter(([, own]) => own === kind).map(([id]) => id)
  const [userIds, serviceIds] = [ofKind('user'), ofKind('service_principal')]
  const unnamed = serviceIds.filter((id) => !opened.services.get(id)?.name)
  const namesGranted = granted.includes('Application.Read.All')
  const signInsGranted = granted.includes('AuditLog.Read.All')

  report('reading_people', { people: opened.people.size, peopleWanted: userIds.length })
  const [people, services, signIns] = await Promise.all([
    readPeople(azure, userIds, {
      known: opened.people,
      wasKnown: async (ids) => new Set((await last.listPrincipals(ids)).filter(isInDirectory).map(({ id }) => id)),
      onProgress: (count) => report('reading_people', { people: count }),
    }),
    namesGranted ? readServicePrincipals(azure, unnamed) : null,
    signInsGranted ? readSignIns(azure, userIds) : null,
  ])

  const serviceOf = (id: string) => services?.found.get(id) ?? opened.services.get(id)
  const known = {
    people: people.people,
    binRead: people.binRefused === null,
    services,
    serviceOf,
    isAmongOdd: matchOdd(services?.odd ?? []),
  }
  const told = new Map([...kinds].map(([id, kind]) => [id, statusOf(id, kind, opened.groups.get(id)?.state, known)]))
  const doubtful = [...told].filter(([, status]) => DOUBTFUL.includes(status)).map(([id]) => id)
  const before = new Map((await last.listPrincipals(doubtful)).map((one) => [one.id, one]))
  const now = await last.now()
  const principals = new Map<string, PrincipalFacts>()
  for (const [id, kind] of kinds) {
    const person = people.people.get(id)
    const service = serviceOf(id)
    const delegate = kind === 'delegate' ? wanted.delegates.get(id) : undefined
    const isMissing = told.get(id) === 'not_found'
    const look = { assignedOn: wanted.assignedOn.get(id), binRead: known.binRead, now }
    principals.set(id, {
      id,
      kind,
      name:
        person?.name ??
        service?.name ??
        opened.names.get(id) ??
        wanted.names.get(id) ??
        delegate?.principalName ??
        null,
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
      organisation: delegate?.organisation ?? null,
    })
  }
  const named = serviceIds.filter((id) => principals.get(id)?.name).length
  return {
    principals,
    lines: [
      describePeople(userIds, people, await last.readAt('people')),
      describeNames(serviceIds.length, named, services),
      describeSignIns(userIds.length, signIns),
      describeKinds(kinds),
    ],
  }
}

type PeopleRead = Awaited<ReturnType<typeof readPeople>>
type Services = Awaited<ReturnType<typeof readServicePrincipals>>
type SignIns = Awaited<ReturnType<typeof readSignIns>>

/** Statuses of which it matters what was known before. */
const DOUBTFUL: readonly PrincipalStatus[] = ['not_found', 'not_readable']

/** Whether the directory had an account when it was asked last. */
const isInDirectory = ({ status }: LastPrincipal) =>
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
  before: LastPrincipal | undefined,
): Pick<PrincipalFacts, 'status' | 'missingSince'> {
  const isKept = status === 'not_readable' && kind === 'user' && before?.kind === kind
  return isKept ? { status: before.status, missingSince: before.missingSince } : { status, missingSince: null }
}

function describePeople(
  userIds: string[],
  { people, refused, binRefused, odd }: PeopleRead,
  readAt: Date | null,
): CoverageLine {
  const read = userIds.filter((id) => people.has(id)).length
  const missing = userIds.length - read
  const kept = readAt && missing > 0 ? { kept: missing, keptSince: readAt.toISOString() } : {}
  if (refused) return { ...refusedLine('people', refused, 'directory_not_readable'), missing, ...kept }
  const line = { dataset: 'people' as const, read, missing }
  if (missing > 0) return { ...line, state: 'partly', why: 'odd_rows', ...oddIds(odd), ...kept }
  const gone = userIds.filter((id) => people.get(id)?.status === 'not_found').length
  // The bin would tell whether these were deleted lately, but it cannot be read.
  return binRefused && gone > 0
    ? {
        ...line,
        state: 'partly',
        read: read - gone,
        missing: gone,
        why: 'bin_not_readable',
        refusal: binRefused.refusal,
      }
    : { ...line, state: 'whole' }
}

function describeNames(wanted: number, named: number, services: Services | null): CoverageLine {
  const line = { dataset: 'other_principals' as const, read: named, missing: wanted - named }
  if (services?.refused) return { ...refusedLine('other_principals', services.refused, 'names_not_permitted'), ...line }
  if (services && services.odd.length > 0)
    return { ...line, state: 'partly', missing: services.odd.length, why: 'odd_rows', ...oddIds(services.odd) }
  // One that is no longer in the directory counts as read: it is known to be gone.
  if (services || wanted === named) return { ...line, state: 'whole', missing: 0 }
  return { ...line, state: 'not_asked', why: 'names_not_asked' }
}

function describeSignIns(wanted: number, signIns: SignIns | null): CoverageLine {
  const line = { dataset: 'sign_ins' as const, read: signIns?.at.size ?? 0, missing: 0 }
  if (!signIns) return { ...line, state: 'not_asked', why: 'sign_ins_not_asked' }
  const { isLicensed, refused, odd, unasked } = signIns
  if (!isLicensed) return { ...line, state: 'not_licensed', why: 'sign_ins_not_licensed' }
  // People who have never signed in have no date, so only a reading that is not whole misses anyone.
  if (refused) {
    const { state, ...refusal } = refusedLine('sign_ins', refused, 'sign_ins_not_permitted')
    const { read } = line
    return { ...refusal, state: read > 0 ? 'partly' : state, read, missing: wanted - read }
  }
  if (odd.length > 0)
    return { ...line, state: 'partly', missing: odd.length + unasked, why: 'odd_rows', ...oddIds(odd) }
  if (unasked > 0) return { ...line, state: 'partly', missing: unasked, why: 'sign_ins_too_many' }
  return { ...line, state: 'whole' }
}

function describeKinds(kinds: ReadonlyMap<string, PrincipalKind>): CoverageLine {
  const missing = [...kinds.values()].filter((kind) => kind === 'other').length
  const line = { dataset: 'kinds' as const, read: kinds.size - missing, missing }
  return missing > 0 ? { ...line, state: 'partly', why: 'kinds_not_known' } : { ...line, state: 'whole' }
}
