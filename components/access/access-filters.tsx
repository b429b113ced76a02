import { Download } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { buttonClasses } from '@/components/ui/button-classes'
import { ButtonLink } from '@/components/ui/button-link'
import { SearchField } from '@/components/ui/search-field'
import { SelectField } from '@/components/ui/select-field'
import { type AccessView, formatAccessView } from '@/lib/access-view'
import { FilterForm } from './filter-form'
import { STATUS_OPTIONS } from './status-options'

const LEVELS = [
  { value: '', label: 'Any scope' },
  { value: 'root', label: 'Root' },
  { value: 'management_group', label: 'Management group' },
  { value: 'subscription', label: 'Subscription' },
  { value: 'resource_group', label: 'Resource group' },
  { value: 'resource', label: 'Resource' },
]

type Props = { path: string; view: AccessView; roles: { id: string; name: string | null }[] }

/** Search and filters of a people table. A change starts at the first page again: no cursor is among the fields. */
export function AccessFilters({ path, view, roles }: Props) {
  const roleOptions = [
    { value: '', label: 'Any role' },
    ...roles.map((role) => ({ value: role.id, label: role.name ?? role.id })),
  ]
  const filtered = view.search !== '' || view.roleId || view.status || view.level
  const values = { q: view.search, role: view.roleId ?? '', status: view.status ?? '', level: view.level ?? '' }

  return (
    <FilterForm label="People" action={path} values={values}>
      <SearchField label="Search name or email" defaultValue={values.q} className="max-sm:max-w-none" />
      <SelectField
        name="role"
        label="Role"
        hideLabel
        options={roleOptions}
        defaultValue={values.role}
        className="w-40 max-sm:flex-1 max-sm:basis-32"
      />
      <SelectField
        name="status"
        label="Status"
        hideLabel
        options={STATUS_OPTIONS}
        defaultValue={values.status}
        className="w-32 max-sm:flex-1 max-sm:basis-28"
      />
      <SelectField
        name="level"
        label="Scope level"
        hideLabel
        options={LEVELS}
        defaultValue={values.level}
        className="w-44 max-sm:flex-1 max-sm:basis-32"
      />
      {view.sort === 'name' ? null : <input type="hidden" name="sort" value={view.sort} />}
      {view.direction === 'asc' ? null : <input type="hidden" name="dir" value={view.direction} />}
      <Button type="submit">Apply</Button>
      {filtered ? (
        <ButtonLink href={path} variant="ghost">
          Clear filters
        </ButtonLink>
      ) : null}
      <a
        href={`${path}/export.csv${formatAccessView({ ...view, cursor: null })}`}
        download
        className={buttonClasses({}, 'ml-auto')}
      >
        <Download aria-hidden />
        Export CSV
      </a>
    </FilterForm>
  )
}
