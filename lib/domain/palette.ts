import { type Address, formatView, guids, parseView, type SearchParams, searchText } from './address'
import { SUBSCRIPTION_TABS, type SubscriptionTab } from './subscription-tabs'
import type { PrincipalStatus } from './vocabulary'

/** A page with a fixed address. */
export type Place = {
  href: string
  label: string
  /** The part of the portal that it belongs to, where its label alone would not say that. */
  part?: string
  /** Other words by which people look for it. */
  also: string
}

/** The pages that the palette leads to, in its order. */
export const PLACES: readonly Place[] = [
  { href: '/integrations', label: 'Integrations', also: 'subscriptions connections tiles home' },
  { href: '/people', label: 'All people', also: 'users everyone' },
  { href: '/people/matrix', label: 'People by subscription', also: 'matrix' },
  { href: '/people/ask', label: 'Ask all subscriptions', also: 'who can operation role' },
  { href: '/changes', label: 'Changes', also: 'gained lost' },
  { href: '/integrations/azure/connect', label: 'Connect a subscription', also: 'add new azure' },
  { href: '/integrations/azure', label: 'Accounts', also: 'sign-ins applications azure' },
  { href: '/settings', label: 'Settings', also: '' },
  { href: '/settings/members', label: 'Members', part: 'Settings', also: 'owners admins viewers' },
  { href: '/settings/sessions', label: 'Your sessions', part: 'Settings', also: 'sign out browsers devices' },
  { href: '/settings/history', label: 'History', part: 'Settings', also: 'kept retention' },
  { href: '/settings/audit', label: 'Audit log', part: 'Settings', also: 'events security' },
  { href: '/settings/exports', label: 'Exports', part: 'Settings', also: 'prepared files signing keys verify' },
  { href: '/settings/feeds', label: 'Feeds', part: 'Settings', also: 'atom json programs' },
]

/** Letters from which on pages are found by other words too: by one or two of them a reader would not see why. */
const FEWEST_FOR_OTHER_WORDS = 3

/** The pages of which every typed word begins a word; those that belong to no other part while nothing is typed. */
export function findPlaces(typed: string): Place[] {
  if (wordsOf(typed).length === 0) return PLACES.filter(({ part }) => part === undefined)
  const isLong = typed.trim().length >= FEWEST_FOR_OTHER_WORDS
  return PLACES.filter(({ label, part = '', also }) => beginsWords(`${part} ${label} ${isLong ? also : ''}`, typed))
}

/** Whether each of the typed words is the beginning of a word of a text, in any case and any order. */
export function beginsWords(text: string, typed: string): boolean {
  const words = wordsOf(text)
  return wordsOf(typed).every((begun) => words.some((word) => word.startsWith(begun)))
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean)

const SHORTEST_TAB = 2 // letters: one would take every name that ends in a letter for a tab

/**
 * The tab of a subscription that the last or the first typed word begins to name, and what else is typed: `production ro` asks
 * for the roles of production. Null when a tab, or the subscription, is not named.
 */
export function splitTab(typed: string): { tab: SubscriptionTab; search: string } | null {
  const words = typed.trim().split(/\s+/)
  if (words.length < 2) return null
  return readTab(words.at(-1), words.slice(0, -1)) ?? readTab(words[0], words.slice(1))
}

function readTab(word = '', rest: string[]) {
  const tab = word.length < SHORTEST_TAB ? undefined : SUBSCRIPTION_TABS.find(({ label }) => beginsWords(label, word))
  return tab ? { tab, search: rest.join(' ') } : null
}

/** What the palette asks the portal for. */
export type FindView = {
  /** What is typed; empty for the last subscriptions. */
  search: string
  /** The connections that this browser has opened last, the latest first. */
  last: string[]
}

const FIND_ADDRESS: Address<FindView> = { search: searchText('q'), last: guids('last') }

export const parseFindView = (params: SearchParams): FindView => parseView(FIND_ADDRESS, params)
export const formatFindView = (view: FindView): string => formatView(FIND_ADDRESS, view)

/** The kinds of what is found beside pages, in the order in which they are shown. */
export const FOUND_KINDS = {
  subscriptions: 'Subscriptions',
  views: 'Saved views',
  people: 'People',
  groups: 'Groups',
  questions: 'Ask',
} as const
export type FoundKind = keyof typeof FOUND_KINDS

/** Something that was found, and the address of its page. Labels and details hold names as Microsoft gives them. */
export type FoundOption = {
  href: string
  label: string
  detail: string
  /** Of people only. */
  status?: PrincipalStatus
  guest?: boolean
}

/** What was found of one kind. */
export type FoundGroup = { kind: FoundKind; options: FoundOption[] }
