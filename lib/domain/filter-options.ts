import { type Address, formatView, oneOf, parseView, type SearchParams } from './address'
import { ACCESS_ADDRESS, type AccessView, formatAccessView, parseAccessView } from './views'
import type { Total } from './words'

/** The filters of a table of those with access that have a list to choose from. */
export const CHOSEN_FILTERS = ['role', 'scope', 'how', 'held', 'status'] as const
export type ChosenFilter = (typeof CHOSEN_FILTERS)[number]

/** What each of them is called, the typed form that stands for it, and whom its numbers count where that is not plain. */
export const CHOSEN_FILTER_WORDS: Record<ChosenFilter, { label: string; typed: string; counts?: string }> = {
  role: { label: 'Role', typed: 'role:Owner', counts: 'Counted: whoever holds the role or can only activate it.' },
  scope: {
    label: 'Scope',
    typed: 'scope:rg-payments',
    counts: 'Counted: also whoever can only activate a role there.',
  },
  how: { label: 'How', typed: 'how:group', counts: 'Counted: also roles that can only be activated.' },
  held: { label: 'Held', typed: 'held:eligible' },
  status: { label: 'Status', typed: 'status:disabled or -disabled' },
}

/** One thing to choose: what the list is then called, and how many are listed; null where that takes too long to count. */
export type FilterOption = { label: string; detail: string | null; href: string; count: Total | null; chosen: boolean }

/** The question for the options of one filter of a list. */
export type OptionsView = AccessView & { by: ChosenFilter; list: 'people' | 'others' }

const OPTIONS_ADDRESS: Address<OptionsView> = {
  ...ACCESS_ADDRESS,
  by: oneOf('by', CHOSEN_FILTERS, 'role'),
  list: oneOf('list', ['people', 'others'], 'people'),
}

export const parseOptionsView = (params: SearchParams): OptionsView => parseView(OPTIONS_ADDRESS, params)
export const formatOptionsView = (view: OptionsView): string => formatView(OPTIONS_ADDRESS, view)

const NO_FILTER = parseAccessView({})

/** A view without what one of its filters asks for; from the first page. */
export function withoutFilter(view: AccessView, by: ChosenFilter): AccessView {
  const { roleIds, scope, level, how, held, status, notStatus, guest } = NO_FILTER
  const cleared: Record<ChosenFilter, Partial<AccessView>> = {
    role: { roleIds },
    scope: { scope, level },
    how: { how },
    held: { held },
    status: { status, notStatus, guest },
  }
  return { ...view, ...cleared[by], cursor: null }
}

type List = { path: string; view: AccessView; by: ChosenFilter }

/** Where choosing something leads, which is back to all where it is chosen already. */
export function formatChoice({ change }: { change: Partial<AccessView> }, { path, view, by }: List) {
  const others = withoutFilter(view, by)
  const chosen = (Object.keys(change) as (keyof AccessView)[]).every((key) => String(view[key]) === String(change[key]))
  return { href: path + formatAccessView(chosen ? others : { ...others, ...change }), chosen }
}
