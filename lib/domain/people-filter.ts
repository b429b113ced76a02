import { type Address, guid, guids, oneOf, searchText, someOf } from './address'
import {
  PRINCIPAL_STATUSES,
  PRIVILEGES,
  type PrincipalStatus,
  type Privilege,
  SIGNALS,
  type Signal,
} from './vocabulary'

/** Whether guests are the only ones, or left out. */
export const GUESTS = ['only', 'none'] as const

/** Whether a role is held now, or can only be activated, as far as it is known without looking at each grant. */
export const HELD_ANYWHERE = ['held', 'eligible'] as const

/** Which of the people over all subscriptions are shown. What is asked of access is so in one and the same subscription. */
export type PeopleFilter = {
  /** Part of a name or an email, or a whole object ID; empty for all. Words in quotes stand for themselves and are no filter. */
  search: string
  status: PrincipalStatus | null
  /** Statuses that are left out. */
  notStatus?: PrincipalStatus[]
  /** Only whom the directory calls a guest, or everyone else, also those of whom it was not read. */
  guest?: (typeof GUESTS)[number] | null
  /** Any of these roles; empty for every role. */
  roleIds?: string[]
  held?: (typeof HELD_ANYWHERE)[number] | null
  /** With access in the subscription of this connection. */
  connectionId?: string | null
  /** Shown in any of the subscriptions. */
  signal?: Signal | null
  /** A role that amounts to at least this in any of the subscriptions, held or only eligible. */
  minimum?: Privilege | null
}

/** The filters in an address, under the names that lists of one subscription have for the same. */
export const PEOPLE_FILTER_ADDRESS: Address<Required<PeopleFilter>> = {
  search: searchText('q'),
  roleIds: guids('role'),
  status: oneOf('status', PRINCIPAL_STATUSES, null),
  notStatus: someOf('not', PRINCIPAL_STATUSES, []),
  guest: oneOf('guest', GUESTS, null),
  held: oneOf('held', HELD_ANYWHERE, null),
  connectionId: guid('connection'),
  signal: oneOf('signal', SIGNALS, null),
  minimum: oneOf('min', PRIVILEGES, null),
}

/** The filters by which a list leaves nobody out. */
export const EVERYBODY: Required<PeopleFilter> = {
  ...{ search: '', status: null, notStatus: [], guest: null, roleIds: [] },
  ...{ held: null, connectionId: null, signal: null, minimum: null },
}

/** What a list is filtered by, each by its name. */
export const listPeopleFilters = (filter: Required<PeopleFilter>): [keyof PeopleFilter, string][] =>
  (Object.keys(EVERYBODY) as (keyof PeopleFilter)[]).flatMap((name) => {
    const value = filter[name]
    return value === null || value.length === 0 ? [] : [[name, String(value)]]
  })
