import type { CoverageLine, PersonStatus } from '@/db/schema'
import type { Azure } from '@/lib/azure/azure'
import { AzureError } from '@/lib/azure/azure-error'
import { type Person, readPeople } from '@/lib/azure/people'
import { listRoleAssignments, type RoleAssignment } from '@/lib/azure/role-assignments'
import { listRoleDefinitions, type RoleDefinition } from '@/lib/azure/role-definitions'
import { getSubscription, type Subscription } from '@/lib/azure/subscriptions'
import type { Report } from './follow-run'

/** Everything a run read, whole. Nothing of it is written before all of it is here. */
export type Access = {
  subscription: Subscription
  assignments: RoleAssignment[]
  roles: RoleDefinition[]
  /** By id. Without an entry, nothing is known of the person now. */
  people: Map<string, Person>
  coverage: CoverageLine[]
}

/** A list that shrank by more than this share, from at least this many, is read a second time before it is believed. */
const SUSPICIOUS_SHARE = 0.5
const SUSPICIOUS_FROM = 10

/**
 * Reads who holds what on a subscription. An empty list cannot be true, since the reader's own role must be in it, and
 * a sudden drop is confirmed by reading again: neither may look like revoked access.
 */
export async function readAccess(
  azure: Azure,
  subscriptionId: string,
  previously: number,
  report: Report,
): Promise<Access> {
  report('reading_assignments')
  prepareToken(azure)
  const [subscription, listed, roles] = await Promise.all([
    getSubscription(azure, subscriptionId),
    listRoleAssignments(azure, subscriptionId, {
      onPage: (assignments) => report('reading_assignments', { assignments }),
    }),
    listRoleDefinitions(azure, subscriptionId),
  ])
  if (listed.length === 0) throw new AzureError('reader_role_missing', 'The list of role assignments was empty.')
  const assignments = dropped(previously, listed.length)
    ? longer(listed, await listRoleAssignments(azure, subscriptionId))
    : listed

  const wanted = [
    ...new Set(
      assignments.filter(({ principalKind }) => principalKind === 'user').map(({ principalId }) => principalId),
    ),
  ]
  report('reading_people', { assignments: assignments.length, people: 0, peopleWanted: wanted.length })
  const { people, refused } = await readPeople(azure, wanted, {
    onProgress: (count) => report('reading_people', { people: count }),
  })

  return {
    subscription,
    assignments,
    roles,
    people,
    coverage: coverageOf({ assignments, roles, people, refused, wanted: wanted.length }),
  }
}

/** The directory's token, fetched while the assignments are: a round trip less. If it is refused, reading people says so. */
function prepareToken({ caller: { tokens } }: Azure): void {
  tokens
    .get('arm') // the assignments wait for this one, so it goes first
    .then(() => tokens.get('graph'))
    .catch(() => undefined)
}

const dropped = (before: number, now: number) => before >= SUSPICIOUS_FROM && now < before * (1 - SUSPICIOUS_SHARE)

const longer = <T>(one: T[], other: T[]): T[] => (other.length > one.length ? other : one)

type Read = Pick<Access, 'assignments' | 'roles' | 'people'> & { refused: boolean; wanted: number }

function coverageOf({ assignments, roles, people, refused, wanted }: Read): CoverageLine[] {
  const known = new Set(roles.map(({ id }) => id))
  const unnamed = new Set(assignments.map(({ roleId }) => roleId).filter((id) => !known.has(id))).size
  const holders = (kinds: string[]) =>
    new Set(
      assignments.filter(({ principalKind }) => kinds.includes(principalKind)).map(({ principalId }) => principalId),
    ).size
  const groups = holders(['group', 'foreign_group'])
  const others = holders(['service_principal', 'device', 'other'])
  return [
    { dataset: 'assignments', state: 'whole', read: assignments.length, missing: 0 },
    { dataset: 'roles', state: unnamed ? 'partly' : 'whole', read: known.size, missing: unnamed },
    {
      dataset: 'people',
      state: refused ? 'not_permitted' : 'whole',
      read: people.size,
      missing: wanted - people.size,
      ...(refused ? { why: 'directory_not_readable' } : {}),
    },
    { dataset: 'groups', state: groups ? 'not_asked' : 'whole', read: 0, missing: groups },
    { dataset: 'other_principals', state: others ? 'not_asked' : 'whole', read: 0, missing: others },
  ]
}

export const hasGaps = (coverage: CoverageLine[]): boolean =>
  coverage.some(({ state }) => state === 'partly' || state === 'not_permitted')

/** What is known of a person: `unknown` only when the directory could not be read. */
export const statusOf = (person: Person | undefined): PersonStatus => person?.status ?? 'not_readable'
