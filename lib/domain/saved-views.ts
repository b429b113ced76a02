import type { SearchParams } from './address'
import { readLabel } from './connection-label'
import {
  formatAccessView,
  formatChangesView,
  formatPeopleView,
  parseAccessView,
  parseChangesView,
  parsePeopleView,
} from './views'
import { SAVED_LISTS, type SavedList } from './vocabulary'

/** Saved views that a member can have at once, over all lists: few enough to be looked through. */
export const SAVED_VIEWS_PER_MEMBER = 50

/** Saved views of one list that are listed: those of a member, and as many that others share. */
export const SAVED_VIEWS_LISTED = 2 * SAVED_VIEWS_PER_MEMBER

/** Characters of a query that is saved. The filters that a person sets have some hundred. */
export const LONGEST_SAVED_QUERY = 4_000

const LONGEST_NAME = 90 // characters, as for other names that people give

/** A list with its filters, as its address says it. */
export type ListAddress = {
  list: SavedList
  /** The subscription whose list it is; null for a list over all of them. */
  connectionId: string | null
  /** With a leading `?`, or empty when nothing is filtered or sorted. */
  query: string
}

type ListPage = {
  /** What follows the address of the subscription; the whole path of a list over all of them. */
  path: string
  isOfSubscription: boolean
  /** Writes the query as the page of the list does, without the place in the list. */
  normalise: (params: SearchParams) => string
  label: string
}

const accessQuery = (params: SearchParams) => formatAccessView({ ...parseAccessView(params), cursor: null })
// The columns of the matrix are turned like pages, so the first of them is a place too.
const peopleQuery = (params: SearchParams) => formatPeopleView({ ...parsePeopleView(params), cursor: null, from: 0 })
const changesQuery = (params: SearchParams) => formatChangesView({ ...parseChangesView(params), cursor: null })

const PAGES: Record<SavedList, ListPage> = {
  people: { path: '', isOfSubscription: true, normalise: accessQuery, label: 'People' },
  others: { path: '/principals', isOfSubscription: true, normalise: accessQuery, label: 'Other principals' },
  all_people: { path: '/people', isOfSubscription: false, normalise: peopleQuery, label: 'All people' },
  matrix: { path: '/people/matrix', isOfSubscription: false, normalise: peopleQuery, label: 'People by subscription' },
  changes: { path: '/changes', isOfSubscription: false, normalise: changesQuery, label: 'Changes' },
}

/** What a list is called, without the subscription that it is of. */
export const savedListLabel = (list: SavedList): string => PAGES[list].label

const OF_SUBSCRIPTION =
  /^\/integrations\/azure\/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\/[a-z]+)?$/

/**
 * Which list an address is of, and with which filters: a path and a query, of whatever origin. The place in the list and whatever is no
 * filter of it are left out. Null for any other address, so that nothing but a list can be saved.
 */
export function readListAddress(address: string): ListAddress | null {
  const [path = '', ...rest] = address.split('?')
  const [, connectionId = null, below = ''] = OF_SUBSCRIPTION.exec(path) ?? []
  const list = SAVED_LISTS.find((one) =>
    PAGES[one].isOfSubscription ? connectionId !== null && PAGES[one].path === below : PAGES[one].path === path,
  )
  return list ? { list, connectionId, query: PAGES[list].normalise(readParams(rest.join('?'))) } : null
}

/** The address that opens a list with its filters: {@link readListAddress} the other way round. */
export function formatListAddress({ list, connectionId, query }: ListAddress): string {
  const { path, isOfSubscription } = PAGES[list]
  return `${isOfSubscription ? `/integrations/azure/${connectionId}` : ''}${path}${query}`
}

/** Of a name that stands there several times the first value counts, as on a page. */
const readParams = (query: string): SearchParams => Object.fromEntries([...new URLSearchParams(query)].reverse())

/** The name of a saved view as somebody typed it, without blanks around it; or what is wrong with it, as a sentence. */
export function readViewName(typed: unknown): { name: string } | { problem: string } {
  const text = typeof typed === 'string' ? typed.trim() : ''
  if (text === '') return { problem: 'Type a name for this view.' }
  if (text.length > LONGEST_NAME)
    return { problem: `This name has ${text.length} characters. A name has ${LONGEST_NAME} at most.` }
  const name = readLabel(text)
  return name === null
    ? {
        problem:
          'This name has line breaks, marks that turn text around, or nothing that can be seen. Type another one.',
      }
    : { name }
}
