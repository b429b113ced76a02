import { MOST_GUIDS } from './address'
import type { AccessView } from './views'
import {
  PRINCIPAL_STATUSES,
  PRIVILEGES,
  type PrincipalStatus,
  type Privilege,
  SCOPE_LEVELS,
  WAYS_HELD,
} from './vocabulary'

/** The filters of a list that can be typed beside what is searched for. */
export type TypedFilter = Pick<AccessView, 'status' | 'notStatus' | 'guest' | 'level' | 'how' | 'held'> & {
  /** What is left to search for. */
  search: string
  /** Roles by name or ID, as typed; a holder of any of them is asked for. */
  roles: string[]
  /** A scope by its name or path, as typed. */
  scope: string | null
  /** What a role amounts to at least, and a subscription by its label or ID, as typed. */
  minimum: Privilege | null
  subscription: string | null
  /** What was not understood, as sentences. */
  problems: string[]
}

/** A filter that nothing was typed into. */
export const NOTHING_TYPED: TypedFilter = {
  ...{ search: '', roles: [], scope: null, status: null, notStatus: [], guest: null },
  ...{ level: null, how: null, held: null, minimum: null, subscription: null, problems: [] },
}

/** Which lists there are to type filters into: one of a subscription, or of the people over all of them. */
export type TypedList = 'subscription' | 'all_people'

type Term = { key: string | null; value: string; isNot: boolean; isQuoted: boolean; text: string }

/** `key:value`, a value or a word, each perhaps in quotes and perhaps with a minus before it. A quote that is not closed yet reaches to the end. */
const TERM = /(-?)(?:(role|scope|status|how|held|privilege|subscription|is):)?(?:["“”]([^"“”]*)["“”]?|(\S+))?/giu

/**
 * What somebody typed into the search field of a list: `role:Owner scope:"rg payments" guest -disabled rossi`. Only what is a filter is
 * taken for one, everything else is searched for, also a word in quotes. A filter that the list does not have is told and leaves nobody out. It
 * never fails.
 */
export function parseTypedFilter(typed: string, list: TypedList = 'subscription'): TypedFilter {
  const found = structuredClone(NOTHING_TYPED)
  const words: string[] = []
  for (const term of listTerms(typed)) {
    if (!applyTerm(found, term, list)) words.push(isOnlyQuoted(term) && !isFilter(term.value) ? term.value : term.text)
  }
  return { ...found, search: words.filter((word) => word !== '').join(' ') }
}

const isOnlyQuoted = ({ isQuoted, isNot }: Term): boolean => isQuoted && !isNot

/** Whether a text would be taken for a filter if it stood without quotes. */
const isFilter = (text: string): boolean => parseTypedFilter(text).search !== text

/** What is looked for in names: without the quotes that keep a word from being a filter. */
export const unquoteSearch = (search: string): string => search.replace(/["“”]/g, '')

function listTerms(typed: string): Term[] {
  return [...typed.matchAll(TERM)]
    .filter(([text]) => text !== '')
    .map(([text, minus, key, quoted, plain]) => ({
      key: key?.toLowerCase() ?? null,
      value: (quoted ?? plain ?? '').trim(),
      isNot: minus === '-',
      isQuoted: quoted !== undefined,
      text,
    }))
}

/** Whether a term is a filter; then it is in `found`, or what is wrong with it. */
function applyTerm(found: TypedFilter, term: Term, list: TypedList): boolean {
  const { key, value, isQuoted } = term
  const words = key === null ? BARE : (WORDS_OF[key] ?? [])
  const isAFilter = key !== null || (!isQuoted && words.some((one) => isSameWord(one, value)))
  if (isAFilter && value !== '' && isOfOtherList(key, value, list)) {
    found.problems.push(notOffered(term, list))
    return true
  }
  if (key === null) return !isQuoted && applyWord(found, term)
  // Somebody has typed the name of a filter and is about to go on.
  if (value === '') return true
  if (term.isNot && key !== 'is' && key !== 'status') {
    found.problems.push(notExcludable(term))
    return true
  }
  if (key === 'role') found.roles.push(value)
  else if (key === 'scope') applyScope(found, value)
  else if (key === 'subscription') found.subscription = value
  else if (!applyWord(found, term, WORDS_OF[key])) found.problems.push(unknownValue(term, WORDS_OF[key] ?? []))
  return true
}

function applyScope(found: TypedFilter, value: string) {
  const level = SCOPE_LEVELS.find((one) => isSameWord(one, value))
  if (level) found.level = level
  else found.scope = value
}

/** The typed words for each status, with the status that they mean. */
const STATUS_WORDS: Record<string, PrincipalStatus> = {
  enabled: 'active',
  ...Object.fromEntries(PRINCIPAL_STATUSES.filter((status) => status !== 'active').map((status) => [status, status])),
}
/** The same for how a role is held. */
const HELD_WORDS: Record<string, NonNullable<AccessView['held']>> = {
  now: 'held',
  outright: 'active',
  activated: 'activated',
  eligible: 'eligible',
}
const KEYS_OF_WORDS = {
  privilege: [...PRIVILEGES],
  status: Object.keys(STATUS_WORDS),
  held: Object.keys(HELD_WORDS),
  how: [...WAYS_HELD],
}
const WORDS_OF: Record<string, readonly string[]> = {
  ...KEYS_OF_WORDS,
  is: ['guest', ...KEYS_OF_WORDS.status, ...KEYS_OF_WORDS.held, ...KEYS_OF_WORDS.how],
}
/** Words that are filters without a name before them. `now`, `group` and the like are more often part of a name. */
const BARE = ['guest', 'enabled', 'disabled', 'deleted', 'invited', 'eligible', 'activated']

/** The names of filters that only one kind of list has, and the words about how a role is held that only its grants can answer. */
const ONLY_OF: Record<TypedList, { keys: readonly string[]; words: readonly string[] }> = {
  subscription: { keys: ['scope', 'how'], words: ['outright', 'activated', ...WAYS_HELD] },
  all_people: { keys: ['privilege', 'subscription'], words: [] },
}

/** Whether a filter is one that the other kind of list has and this one has not. */
function isOfOtherList(key: string | null, value: string, list: TypedList): boolean {
  const { keys, words } = ONLY_OF[list === 'subscription' ? 'all_people' : 'subscription']
  const isAboutHolding = key === null || key === 'held' || key === 'is'
  return (key !== null && keys.includes(key)) || (isAboutHolding && words.some((one) => isSameWord(one, value)))
}

const notOffered = ({ text }: Term, list: TypedList): string =>
  `“${text}” was left out: only ${list === 'subscription' ? 'All people has' : 'the lists of one subscription have'} this filter.`

/** Takes one word for the filter that it names, if it names one of these. */
function applyWord(found: TypedFilter, term: Term, words: readonly string[] = BARE): boolean {
  const { value, isNot } = term
  const word = words.find((one) => isSameWord(one, value))
  if (word === undefined) return false
  const status = STATUS_WORDS[word]
  if (word === 'guest') found.guest = isNot ? 'none' : 'only'
  else if (status && isNot)
    found.notStatus = PRINCIPAL_STATUSES.filter((one) => one === status || found.notStatus.includes(one))
  else if (status) found.status = status
  else if (isNot) found.problems.push(notExcludable(term))
  else if (word in HELD_WORDS) found.held = HELD_WORDS[word] ?? null
  else if (term.key === 'privilege') found.minimum = PRIVILEGES.find((one) => one === word) ?? null
  else found.how = WAYS_HELD.find((way) => way === word) ?? null
  return true
}

const notExcludable = ({ text }: Term): string =>
  `“${text}” was left out: only a status and guests can be excluded, as in -disabled or -guest.`

const unknownValue = ({ text, key }: Term, words: readonly string[]): string =>
  `“${text}” was left out: ${key}: is followed by one of ${words.map(spaceless).join(', ')}.`

/** Words of several parts are typed with a hyphen, an underscore, or nothing between them. */
const isSameWord = (word: string, typed: string): boolean => bare(word) === bare(typed)
const bare = (text: string): string => text.toLowerCase().replace(/[\s_-]/g, '')
const spaceless = (word: string): string => word.replaceAll('_', '-')

type Named = { id: string; name: string | null }

/**
 * The roles that typed names mean, of those that are held: the one of that name or ID, else all whose names contain it. What fits none,
 * or more than an address can carry, is told and left out.
 */
export function matchRoles(typed: readonly string[], held: readonly Named[]) {
  const ids = new Set<string>()
  const problems: string[] = []
  for (const name of typed) {
    const wanted = name.toLowerCase()
    const same = held.filter((role) => role.id === wanted || role.name?.toLowerCase() === wanted)
    const fitting = same.length > 0 ? same : held.filter((role) => role.name?.toLowerCase().includes(wanted))
    if (fitting.length === 0) problems.push(`“role:${name}” was left out: no role that is held here has that name.`)
    else if (ids.size + fitting.length > MOST_GUIDS)
      problems.push(`“role:${name}” was left out: it fits ${fitting.length} roles. Type more of the name.`)
    else for (const { id } of fitting) ids.add(id)
  }
  return { roleIds: [...ids], problems }
}
