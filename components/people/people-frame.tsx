import type { ReactNode } from 'react'
import { FilterForm } from '@/components/access/filter-form'
import { PRIVILEGE_WORDS, SIGNAL_WORDS, STATUS_OPTIONS } from '@/components/access/labels'
import { Button } from '@/components/ui/button'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { SearchField, SelectField } from '@/components/ui/fields'
import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import { formatPeopleView, type PeopleView } from '@/lib/domain/views'

type Props = {
  current: 'list' | 'matrix'
  view: PeopleView
  /** Whether there is anyone in any subscription, whatever the filters. */
  anyone: boolean
  /** The people found; null when nobody matches. */
  children: ReactNode
}

/** What the list of people and the matrix share: the title, the way between them, the filters, and what to say of nobody. */
export function PeopleFrame({ current, view, anyone, children }: Props) {
  const path = current === 'list' ? '/people' : '/people/matrix'
  const same = formatPeopleView({ ...view, cursor: null, from: 0 })
  return (
    <>
      <PageHeader
        title="People"
        description="Everyone who has an Azure role in a connected subscription, directly or through groups."
      />
      {anyone ? (
        <>
          <Tabs
            label="People"
            tabs={[
              { href: `/people${same}`, label: 'List', current: current === 'list' },
              { href: `/people/matrix${same}`, label: 'By subscription', current: current === 'matrix' },
            ]}
          />
          <PeopleFilters path={path} view={view} />
        </>
      ) : null}
      {children ?? (anyone ? <NobodyMatches path={path} /> : <NobodyYet />)}
    </>
  )
}

const NobodyMatches = ({ path }: { path: string }) => (
  <EmptyState title="No one matches" action={<ButtonLink href={path}>Clear filters</ButtonLink>} />
)

const NobodyYet = () => (
  <EmptyState title="No one yet" action={<ButtonLink href="/integrations">Integrations</ButtonLink>}>
    People appear here once a connected subscription has been synced.
  </EmptyState>
)

const SIGNALS = [
  { value: '', label: 'Anything' },
  // An orphan is no person whom the directory knows; among people "gone" says it.
  ...SIGNAL_WORDS.filter(({ signal }) => signal !== 'orphan').map(({ signal, label }) => ({ value: signal, label })),
]

const MINIMUMS = [
  { value: '', label: 'Any role' },
  ...(['grants_access', 'writes', 'writes_data', 'reads_data'] as const).map((value) => ({
    value,
    label: `${PRIVILEGE_WORDS[value]}${value === 'grants_access' ? '' : ', or more'}`,
  })),
]

/** Search and filters of people over all subscriptions, for the list and the matrix alike. */
export function PeopleFilters({ path, view }: { path: string; view: PeopleView }) {
  const values = {
    q: view.search,
    status: view.status ?? '',
    signal: view.signal ?? '',
    min: view.minimum ?? '',
  }
  return (
    <FilterForm label="People" action={path} values={values}>
      <SearchField label="Search name or email" defaultValue={values.q} className="max-w-60 max-sm:max-w-none" />
      <SelectField
        name="status"
        label="Status"
        hideLabel
        options={STATUS_OPTIONS}
        defaultValue={values.status}
        className="w-32 max-sm:w-[calc(50%-0.25rem)]"
      />
      <SelectField
        name="min"
        label="At least"
        hideLabel
        options={MINIMUMS}
        defaultValue={values.min}
        className="w-40 max-sm:w-[calc(50%-0.25rem)]"
      />
      <SelectField
        name="signal"
        label="Worth a second look"
        hideLabel
        options={SIGNALS}
        defaultValue={values.signal}
        className="w-44 max-sm:w-[calc(50%-0.25rem)]"
      />
      {view.direction === 'desc' ? <input type="hidden" name="dir" value="desc" /> : null}
      <Button type="submit">Apply</Button>
      {Object.values(values).some((value) => value !== '') ? (
        <ButtonLink href={path} variant="ghost">
          Clear filters
        </ButtonLink>
      ) : null}
    </FilterForm>
  )
}
