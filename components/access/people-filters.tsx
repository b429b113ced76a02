import { Button } from '@/components/ui/button'
import { ButtonLink } from '@/components/ui/button-link'
import { SearchField } from '@/components/ui/search-field'
import { SelectField } from '@/components/ui/select-field'
import type { Direction } from '@/db/queries/keyset'
import type { PeopleFilter } from '@/db/queries/list-people'
import { FilterForm } from './filter-form'
import { STATUS_OPTIONS } from './status-options'

/** Search and status filter of the list of all people. */
export function PeopleFilters({ filter, direction }: { filter: PeopleFilter; direction: Direction }) {
  const values = { q: filter.search, status: filter.status ?? '' }
  return (
    <FilterForm label="People" action="/people" values={values}>
      <SearchField label="Search name or email" defaultValue={values.q} className="max-sm:max-w-none" />
      <SelectField
        name="status"
        label="Status"
        hideLabel
        options={STATUS_OPTIONS}
        defaultValue={values.status}
        className="w-36 max-sm:flex-1"
      />
      {direction === 'desc' ? <input type="hidden" name="dir" value="desc" /> : null}
      <Button type="submit">Apply</Button>
      {filter.search || filter.status ? (
        <ButtonLink href="/people" variant="ghost">
          Clear filters
        </ButtonLink>
      ) : null}
    </FilterForm>
  )
}
