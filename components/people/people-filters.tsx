import { FunnelX } from 'lucide-react'
import { FilterForm } from '@/components/access/filter-form'
import { FilterPicker } from '@/components/access/filter-picker'
import { FilterProblems } from '@/components/access/filter-problems'
import { listSignals, SIGNAL_WORDS } from '@/components/access/labels'
import { ButtonLink } from '@/components/ui/button-link'
import { ExportMenu } from '@/components/ui/export-menu'
import { SearchField, SelectField } from '@/components/ui/fields'
import { FoldedFilters } from '@/components/ui/folded-filters'
import {
  formatPeopleOptionsView,
  isPeopleFiltered,
  PEOPLE_FILTER_WORDS,
  PEOPLE_FILTERS,
  PEOPLE_PATHS,
  withoutPeopleFilter,
  withoutPeopleFilters,
} from '@/lib/domain/people-options'
import { formatAsOfView, formatPeopleView, type PeopleView } from '@/lib/domain/views'
import { describePeopleFilter, type PeopleNames } from './people-filter-words'

type Props = {
  current: 'list' | 'matrix'
  /** The view as it stands in the address, and with what was typed as filters. */
  typed: PeopleView
  view: PeopleView
  /** What was typed and not understood, as sentences. */
  problems: string[]
  names: PeopleNames
}

const SIGNAL_OPTIONS = [
  { value: '', label: 'Anything' },
  // No person of the directory is an orphan; for people the signal `gone` says the same.
  ...listSignals()
    .filter((signal) => signal !== 'orphan')
    .map((signal) => ({ value: signal, label: SIGNAL_WORDS[signal].label })),
]

/** The export that follows everyone's access to its assignments. What it leaves out is nothing, so the filters of the page are no part of it. */
const EVERY_WAY = {
  name: 'Every way',
  detail: 'A row for each way to each role, of everyone and everything in all subscriptions. The filters do not apply.',
}

/** The search and the filters that the list and the matrix share: they are typed and chosen as on the lists of a subscription. */
export function PeopleFilters({ current, typed, view, problems, names }: Props) {
  const path = PEOPLE_PATHS[current]
  const first = { ...view, cursor: null, from: 0 }
  const filters = formatPeopleView(first)
  const { q, signal, ...kept } = Object.fromEntries(
    new URLSearchParams(formatPeopleView({ ...typed, cursor: null, from: 0 })),
  )
  const chosen =
    PEOPLE_FILTERS.filter((by) => describePeopleFilter(by, view, names) !== null).length + (view.signal ? 1 : 0)
  const isSettled = typed.search === view.search || problems.length > 0
  return (
    <>
      <FilterForm
        label="People"
        action={path}
        values={{ q: q ?? '', signal: signal ?? '' }}
        settled={isSettled ? null : path + filters}
      >
        <SearchField
          label="Name, email or ID"
          placeholder="Name, email, role:Owner, -disabled"
          defaultValue={typed.search}
          className="max-sm:max-w-none sm:max-w-72"
        />
        <FoldedFilters chosen={chosen}>
          {PEOPLE_FILTERS.map((by) => (
            <FilterPicker
              key={by}
              {...PEOPLE_FILTER_WORDS[by]}
              value={describePeopleFilter(by, view, names)}
              clearHref={path + formatPeopleView(withoutPeopleFilter(view, by))}
              optionsHref={`/people/options${formatPeopleOptionsView({ ...first, by, as: current })}`}
            />
          ))}
          <SelectField
            name="signal"
            label="Worth a second look"
            hideLabel
            options={SIGNAL_OPTIONS}
            defaultValue={view.signal ?? ''}
            className="max-sm:w-full sm:[&_select]:field-sizing-content"
          />
        </FoldedFilters>
        {Object.entries(kept).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {isPeopleFiltered(view) ? (
          <ButtonLink
            href={path + formatPeopleView(withoutPeopleFilters(view))}
            variant="ghost"
            title="Clear filters"
            className="px-2"
          >
            <FunnelX aria-hidden />
            <span className="sr-only">Clear filters</span>
          </ButtonLink>
        ) : null}
        <ExportMenu
          path="/people/export"
          query={current === 'list' ? filters.slice(1) : `list=matrix${filters.replace(/^\?/, '&')}`}
          fuller={{ ...EVERY_WAY, query: `list=ways${formatAsOfView(view).replace(/^\?/, '&')}` }}
          className="ml-auto"
        />
      </FilterForm>
      <FilterProblems problems={problems} />
    </>
  )
}
