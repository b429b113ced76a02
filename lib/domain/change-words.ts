import { BLIND_SPOTS } from './blind-spots'
import { scopeLevel } from './scopes'
import type {
  AssignmentKind,
  ChangeCause,
  ChangeDetail,
  ChangeTurn,
  Effect,
  PrincipalStatus,
  ScopeLevel,
} from './vocabulary'
import { dateWords, isolateName, joinList, roleWords } from './words'

/** A change as far as it is told in words. Names are null where they could not be read. */
export type ToldChange = {
  cause: ChangeCause
  turn: ChangeTurn
  kind: AssignmentKind | null
  principalId: string | null
  principalName: string | null
  groupId: string | null
  groupName: string | null
  /** The group around it that holds the role, where that is another one. */
  through: { id: string; name: string | null } | null
  roleId: string | null
  roleName: string | null
  byId: string | null
  byName: string | null
  detail: ChangeDetail
}

/** What a change did at one place, as far as it is told in words. */
export type ToldEffect = {
  effect: Effect
  people: number
  others: number
  /** Whom it reaches, where that is a single principal and known; the name is null where it could not be read. */
  soleId: string | null
  soleName: string | null
  grants: number
  roleId: string
  roleName: string | null
  scope: string
  scopeLevel: ScopeLevel
  eligible: boolean
  /** The connected subscriptions that are concerned: how many, and the names of the first. */
  connections: { count: number; first: { name: string }[] }
}

const VERBS: Record<Effect, { one: string; eligible: string }> = {
  gained: { one: 'gained', eligible: 'can now activate' },
  lost: { one: 'lost', eligible: 'can no longer activate' },
  altered: { one: 'still holds', eligible: 'can still activate' },
  seen: { one: 'was first seen to hold', eligible: 'was first seen to be eligible for' },
  unseen: { one: 'is no longer seen to hold', eligible: 'is no longer seen to be eligible for' },
}

/** Who gained or lost what and where, as a sentence without its end: `Ada gained Owner of Payments`. */
export function effectWords(change: ToldChange, effect: ToldEffect): string {
  const { people, others, grants, roleId, roleName, eligible } = effect
  const total = people + others
  const isPlural = total > 1 || (total === 0 && isOfMany(change))
  const verb = VERBS[effect.effect][eligible ? 'eligible' : 'one']
  const role = isolateName(roleWords({ id: roleId, name: roleName }))
  // Roles at scopes are counted together. Of several holders not everyone need have the strongest of them.
  const isMixed = total > 1 && (grants > total || isOfMany(change))
  const more = total === 1 && grants > 1 ? ` and ${count(grants - 1, 'more grant', 'more grants')}` : ''
  const what = isMixed ? `roles, the strongest of them ${role},` : `${role}${more}`
  return `${reachedWords(change, effect)} ${isPlural ? plural(verb) : verb} ${what} ${placeWords(effect)}`
}

/** Whether a cause brings along whatever is held at a place, or through a group, and not one role for everyone. */
const isOfMany = ({ cause }: ToldChange): boolean => cause === 'move' || cause === 'reading' || cause === 'group'

const plural = (verb: string): string =>
  verb
    .replace(/^was /, 'were ')
    .replace(/^is /, 'are ')
    .replace(/^still holds/, 'still hold')

/** Whom an effect reaches: by name where it is a single one who is known, else counted. */
function reachedWords(change: ToldChange, { people, others, soleId, soleName }: ToldEffect): string {
  if (soleId !== null) return nameOr(soleName, soleId)
  const { principalId, principalName, cause } = change
  const total = people + others
  const isNamed = principalId !== null && (total === 1 || (total === 0 && cause !== 'membership'))
  if (isNamed) return nameOr(principalName, principalId)
  // Groups are not counted, and it may be that only groups hold something there.
  if (total === 0) return isOfMany(change) ? 'Only groups' : 'Nobody'
  if (people === 0) return count(others, 'principal that is not a person', 'principals that are not people')
  return others === 0
    ? count(people, 'person', 'people')
    : `${count(people, 'person', 'people')} and ${count(others, 'other principal', 'other principals')}`
}

const count = (number: number, one: string, many: string): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

const nameOr = (name: string | null, id: string): string => (name === null ? id : isolateName(name))

/** Where: the subscription by its name, what lies in it, or what is above it with how many subscriptions inherit it. */
function placeWords({ scope, scopeLevel: level, connections }: ToldEffect): string {
  const last = isolateName(scope.split('/').at(-1) ?? scope)
  const name = connections.first[0] ? isolateName(connections.first[0].name) : 'a subscription'
  const inherited =
    connections.count === 1
      ? `, inherited by ${name}`
      : `, inherited by ${connections.count.toLocaleString('en')} subscriptions`
  if (level === 'root') return `at the root, above all management groups${inherited}`
  if (level === 'management_group') return `of the management group ${last}${inherited}`
  if (level === 'subscription') return `of ${name}`
  return level === 'resource_group' ? `of the resource group ${last} in ${name}` : `of the resource ${last} in ${name}`
}

/** What caused a change, as a sentence: `Grace added Ada to Operators, which lies in Platform.` */
export function causeWords(change: ToldChange): string {
  return `${CAUSES[change.cause](change)}.`
}

/** Who did something, where that is known: then it is told actively. */
const by = ({ byId, byName }: ToldChange): string | null => (byId || byName ? nameOr(byName, byId ?? '') : null)

const subjectOf = ({ principalId, principalName }: ToldChange): string =>
  principalId ? nameOr(principalName, principalId) : 'somebody'

const groupOf = ({ groupId, groupName }: ToldChange): string => (groupId ? nameOr(groupName, groupId) : 'a group')

const CAUSES: Record<ChangeCause, (change: ToldChange) => string> = {
  assignment: (change) => {
    const [who, to] = [by(change), subjectOf(change)]
    if (change.turn === 'begun') return who ? `${who} assigned it to ${to}` : `It was assigned to ${to}`
    if (change.turn === 'ended')
      return who ? `${who} removed the assignment to ${to}` : `The assignment to ${to} was removed`
    return alteredWords(change)
  },
  eligibility: (change) => {
    if (change.turn === 'begun') return `${subjectOf(change)} was made eligible for it`
    return change.turn === 'ended' ? `The eligibility of ${subjectOf(change)} ended` : alteredWords(change)
  },
  activation: (change) => {
    if (change.turn === 'begun') return `${subjectOf(change)} activated it`
    return change.turn === 'ended' ? `The activation of ${subjectOf(change)} ended` : alteredWords(change)
  },
  delegation: (change) => {
    if (change.turn === 'begun')
      return `It was delegated to ${subjectOf(change)} of another tenant through Azure Lighthouse`
    return change.turn === 'ended'
      ? `The delegation to ${subjectOf(change)} of another tenant was removed`
      : alteredWords(change)
  },
  membership: (change) => {
    const [who, whom, group, around] = [by(change), subjectOf(change), groupOf(change), aroundWords(change)]
    if (change.kind === 'eligible')
      return change.turn === 'begun'
        ? `${whom} was made eligible to be a member of ${group}${around}`
        : `${whom} is no longer eligible to be a member of ${group}${around}`
    if (change.kind === 'activated')
      return change.turn === 'begun'
        ? `${whom} activated a membership of ${group}${around}`
        : `The activated membership of ${whom} in ${group}${around} ended`
    if (change.turn === 'begun')
      return who ? `${who} added ${whom} to ${group}${around}` : `${whom} was added to ${group}${around}`
    return who ? `${who} removed ${whom} from ${group}${around}` : `${whom} was removed from ${group}${around}`
  },
  group: (change) =>
    `The group ${groupOf(change)}${aroundWords(change)} was ${change.turn === 'ended' ? 'deleted' : 'restored'}`,
  role: ({ roleId, roleName }) =>
    `The definition of ${isolateName(roleWords({ id: roleId ?? '', name: roleName }))} was changed: its permissions are other ones now`,
  person: ({ detail, ...change }) => `The account of ${subjectOf({ detail, ...change })} ${statusWords(detail)}`,
  move: ({ detail: { left = [], joined = [] } }) => `The subscription was moved:${leftAndJoined(left, joined)}`,
  reading: ({ detail: { list, left, joined }, turn, ...change }) => {
    if (left || joined)
      return `Other management groups are seen above the subscription than before, or with another account:${leftAndJoined(left ?? [], joined ?? [])}. Whether it was moved is not known`
    if (!change.groupId)
      return `The ${list ? BLIND_SPOTS[list].many : 'rows'} could be read for the first time. Since when that is so is not known`
    const members = list === 'groups' ? 'members' : list ? BLIND_SPOTS[list].many : 'members'
    return `The ${members} of ${groupOf({ ...change, turn, detail: {} })} could be read for the first time, or are read in another way now. Whether anybody joined or left meanwhile is not known`
  },
}

const aroundWords = ({ through }: ToldChange): string =>
  through ? `, which lies in ${nameOr(through.name, through.id)}` : ''

/** What is different about an assignment that goes on. */
function alteredWords({ cause, detail: { condition, endsAt, kind } }: ToldChange): string {
  const noun = cause === 'delegation' ? 'delegation' : cause === 'eligibility' ? 'eligibility' : 'assignment'
  const said = [
    condition &&
      (condition.after === null
        ? 'its condition was taken away'
        : condition.before === null
          ? 'it has a condition now'
          : 'its condition was changed'),
    endsAt &&
      (endsAt.after === null ? 'it no longer has an end' : `it now ends on ${dateWords(new Date(endsAt.after))}`),
    kind &&
      `it is ${kind.after === 'eligible' ? 'only eligible' : kind.after === 'activated' ? 'activated' : 'held outright'} now`,
  ].filter((words) => words !== undefined)
  return said.length === 0
    ? `The ${noun} was replaced by another one`
    : `The ${noun} goes on, but ${joinList(said, 'and')}`
}

const STATUSES: Partial<Record<PrincipalStatus, string>> = {
  disabled: 'was disabled: it cannot sign in, and its roles stay',
  deleted: 'was deleted: if it is restored, it has its roles again',
  not_found: 'is no longer known to the directory: its assignments are left over',
}

function statusWords({ status }: ChangeDetail): string {
  if (status?.before === 'deleted' && status.after === 'disabled') return 'was restored, and is disabled'
  const known = status && STATUSES[status.after]
  if (known) return known
  return status?.before === 'disabled'
    ? 'was enabled again, with the roles that it has'
    : 'was restored, with the roles that it has'
}

function leftAndJoined(left: string[], joined: string[]): string {
  const names = (scopes: string[]) =>
    joinList(
      scopes.map((scope) =>
        scopeLevel(scope) === 'root' ? 'the root' : isolateName(scope.split('/').at(-1) ?? scope),
      ),
      'and',
    )
  const from = left.length > 0 ? ` no longer below ${names(left)}` : ''
  const into = joined.length > 0 ? ` now below ${names(joined)}` : ''
  return from && into ? `${from}, but${into}` : from + into
}

/** How many changes gave access, how many of these a privileged role, and how many took access away. */
export type ChangeCounts = { gained: number; privileged: number; lost: number }

/** Changes as counted, for a line of its own: `3 gained (1 privileged), 2 lost`. Null when there are none. */
export function changeCountWords({ gained, privileged, lost }: ChangeCounts): string | null {
  const parts = []
  if (gained > 0)
    parts.push(
      `${gained.toLocaleString('en')} gained${privileged > 0 ? ` (${privileged.toLocaleString('en')} privileged)` : ''}`,
    )
  if (lost > 0) parts.push(`${lost.toLocaleString('en')} lost`)
  return parts.length > 0 ? parts.join(', ') : null
}

/** What each cause is called in a list to choose from. */
export const CAUSE_LABELS: Record<ChangeCause, string> = {
  assignment: 'Assignments',
  eligibility: 'Eligibility',
  activation: 'Activations',
  delegation: 'Delegations',
  membership: 'Memberships',
  group: 'Groups deleted or restored',
  role: 'Role definitions',
  person: 'Accounts disabled or deleted',
  move: 'Subscriptions moved',
  reading: 'First or different reading',
}

/** What each effect is called in a list to choose from. */
export const EFFECT_LABELS: Record<Effect, string> = {
  gained: 'Gained',
  lost: 'Lost',
  altered: 'Changed',
  seen: 'First seen',
  unseen: 'No longer seen',
}
