import { FunnelX } from 'lucide-react'
import type { ReactNode } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { ExportMenu } from '@/components/ui/export-menu'
import { SearchField } from '@/components/ui/fields'
import { CHOSEN_FILTER_WORDS, CHOSEN_FILTERS, formatOptionsView, withoutFilter } from '@/lib/domain/filter-options'
import { type AccessView, formatAccessView, isFiltered, withoutFilters } from '@/lib/domain/views'
import { FilterForm } from './filter-form'
import { FilterPicker } from './filter-picker'
import { FilterProblems } from './filter-problems'
import { describeFilter } from './filter-words'
import { ListOptions } from './list-options'
import type { ScopeOf } from './scope-label'

type Props = {
  /** Whom the table lists. */
  who: 'people' | 'others'
  path: string
  /** The page of the connection, below which the export of what the table shows is. */
  home: string
  /** The view as it stands in the address, and with what was typed as filters. */
  typed: AccessView
  view: AccessView
  /** What was typed and not understood, as sentences. */
  problems: string[]
  roles: { id: string; name: string | null }[]
  of: ScopeOf
  /** The views of this list that were saved, with the form that saves one, which cannot stand in another form. */
  savedViews: ReactNode
}

/**
 * Search and filters of a table of those with access: one field in which both are typed, and a button for each filter, which says what it
 * is set to. No address here has a cursor, so every change starts at the first page.
 */
export function AccessFilters({ who, path, home, typed, view, problems, roles, of, savedViews }: Props) {
  const people = who === 'people'
  const { q: _, ...kept } = Object.fromEntries(new URLSearchParams(formatAccessView({ ...typed, cursor: null })))
  const exportQuery = `list=${who}${formatAccessView({ ...view, cursor: null }).replace(/^\?/, '&')}`
  const settled = path + formatAccessView({ ...view, cursor: null })
  const isSettled = typed.search === view.search || problems.length > 0

  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-4">
        <FilterForm
          label={people ? 'People' : 'Other principals'}
          action={path}
          values={{ q: typed.search }}
          settled={isSettled ? null : settled}
        >
          <SearchField
            label={people ? 'Name, email or ID' : 'Name or ID'}
            placeholder={people ? 'Name, email, role:Owner, -disabled' : 'Name, ID, role:Owner'}
            defaultValue={typed.search}
            className="max-sm:max-w-none sm:max-w-72"
          />
          {CHOSEN_FILTERS.map((by) => (
            <FilterPicker
              key={by}
              label={CHOSEN_FILTER_WORDS[by].label}
              value={describeFilter(by, { view, who, roles, of })}
              clearHref={path + formatAccessView(withoutFilter(view, by))}
              optionsHref={`${home}/options${formatOptionsView({ ...view, cursor: null, by, list: who })}`}
              typed={CHOSEN_FILTER_WORDS[by].typed}
              counts={CHOSEN_FILTER_WORDS[by].counts}
            />
          ))}
          {Object.entries(kept).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          {isFiltered(view) ? (
            <ButtonLink
              href={path + formatAccessView(withoutFilters(view))}
              variant="ghost"
              title="Clear filters"
              className="px-2"
            >
              <FunnelX aria-hidden />
              <span className="sr-only">Clear filters</span>
            </ButtonLink>
          ) : null}
        </FilterForm>
        <div className="mb-2 ml-auto flex min-h-9 items-center gap-3">
          <ListOptions path={path} view={view} columns={people} />
          {savedViews}
          <ExportMenu path={`${home}/export`} query={exportQuery} />
        </div>
      </div>
      <FilterProblems problems={problems} />
    </>
  )
}
