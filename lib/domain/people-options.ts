import { type Address, formatView, oneOf, parseView, type SearchParams } from './address'
import { EVERYBODY, listPeopleFilters } from './people-filter'
import { formatPeopleView, PEOPLE_ADDRESS, type PeopleView } from './views'

/** The filters of the people over all subscriptions that have a list to choose from. */
export const PEOPLE_FILTERS = ['role', 'privilege', 'subscription', 'held', 'status'] as const
export type PeopleFilterName = (typeof PEOPLE_FILTERS)[number]

/** What each of them is called, the typed form that stands for it, and whom its numbers count where that is not plain. */
export const PEOPLE_FILTER_WORDS: Record<PeopleFilterName, { label: string; typed: string; counts?: string }> = {
  role: {
    label: 'Role',
    typed: 'role:Owner',
    counts: 'Counted: whoever holds the role in any subscription or can only activate it.',
  },
  privilege: {
    label: 'At least',
    typed: 'privilege:writes',
    counts: 'Counted: also roles that can only be activated.',
  },
  subscription: {
    label: 'Subscription',
    typed: 'subscription:Production',
    counts: 'Counted: also whoever can only activate a role there.',
  },
  held: { label: 'Held', typed: 'held:eligible' },
  status: { label: 'Status', typed: 'status:disabled or -disabled' },
}

/** Where the people over all subscriptions are shown: as a list, or by subscription. */
const SHOWN_AS = ['list', 'matrix'] as const

/** The question for the options of one filter. */
export type PeopleOptionsView = PeopleView & { by: PeopleFilterName; as: (typeof SHOWN_AS)[number] }

const OPTIONS_ADDRESS: Address<PeopleOptionsView> = {
  ...PEOPLE_ADDRESS,
  by: oneOf('by', PEOPLE_FILTERS, 'role'),
  as: oneOf('as', SHOWN_AS, 'list'),
}

export const parsePeopleOptionsView = (params: SearchParams): PeopleOptionsView => parseView(OPTIONS_ADDRESS, params)
export const formatPeopleOptionsView = (view: PeopleOptionsView): string => formatView(OPTIONS_ADDRESS, view)

export const PEOPLE_PATHS: Record<PeopleOptionsView['as'], string> = { list: '/people', matrix: '/people/matrix' }

const { roleIds, minimum, connectionId, held, status, notStatus, guest } = EVERYBODY
const CLEARED: Record<PeopleFilterName, Partial<PeopleView>> = {
  ...{ role: { roleIds }, privilege: { minimum }, subscription: { connectionId } },
  ...{ held: { held }, status: { status, notStatus, guest } },
}

/** A view without what one of its filters asks for; from the first page. */
export const withoutPeopleFilter = (view: PeopleView, by: PeopleFilterName): PeopleView => ({
  ...view,
  ...CLEARED[by],
  ...{ cursor: null, from: 0 },
})

/** A view without any filter: everyone, in the same order and at the same moment. */
export const withoutPeopleFilters = (view: PeopleView): PeopleView => ({
  ...view,
  ...EVERYBODY,
  ...{ cursor: null, from: 0 },
})

/** Whether a view leaves out anyone. */
export const isPeopleFiltered = (view: PeopleView): boolean => listPeopleFilters(view).length > 0

/** Where choosing something leads, which is back to all where it is chosen already. */
export function formatPeopleChoice(change: Partial<PeopleView>, { by, as, ...view }: PeopleOptionsView) {
  const others = withoutPeopleFilter(view, by)
  const chosen = (Object.keys(change) as (keyof PeopleView)[]).every((key) => String(view[key]) === String(change[key]))
  return { href: PEOPLE_PATHS[as] + formatPeopleView(chosen ? others : { ...others, ...change }), chosen }
}
