import { FilterForm } from '@/components/access/filter-form'
import { PRIVILEGE_WORDS } from '@/components/access/privilege-words'
import { SIGNAL_WORDS } from '@/components/access/signal-words'
import { STATUS_OPTIONS } from '@/components/access/status-options'
import { Button } from '@/components/ui/button'
import { ButtonLink } from '@/components/ui/button-link'
import { SearchField } from '@/components/ui/search-field'
import { SelectField } from '@/components/ui/select-field'
import type { PeopleView } from '@/lib/domain/views'

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
