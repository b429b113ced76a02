import { FunnelX, X } from 'lucide-react'
import { ButtonLink } from '@/components/ui/button-link'
import { ExportMenu } from '@/components/ui/export-menu'
import { SearchField, SelectField } from '@/components/ui/fields'
import { keepMoment } from '@/lib/domain/as-of'
import { type AccessView, formatAccessView, isFiltered } from '@/lib/domain/views'
import { roleWords, spellControls } from '@/lib/domain/words'
import { FilterForm } from './filter-form'
import {
  HELD_LABELS,
  HOW_LABELS,
  listOptions,
  OTHER_STATUS_LABELS,
  PERSON_STATUS_LABELS,
  SCOPE_LEVEL_LABELS,
} from './labels'

type Props = {
  /** Whom the table lists. */
  who: 'people' | 'others'
  path: string
  /** The page of the connection, below which the export of what the table shows is. */
  home: string
  view: AccessView
  roles: { id: string; name: string | null }[]
}

/** Search and filters of a table of those with access. The fields hold no cursor, so every change starts at the first page. */
export function AccessFilters({ who, path, home, view, roles }: Props) {
  const values = {
    q: view.search,
    role: view.roleIds.join(','),
    status: view.status ?? '',
    level: view.level ?? '',
    how: view.how ?? '',
    held: view.held ?? '',
  }
  const kept = {
    scope: view.scope,
    signal: view.signal,
    sort: view.sort === 'name' ? null : view.sort,
    dir: view.direction === 'asc' ? null : view.direction,
    at: view.at || null,
  }
  const people = who === 'people'
  const exportQuery = `list=${who}${formatAccessView({ ...view, cursor: null }).replace(/^\?/, '&')}`
  const statuses = listOptions('Any status', people ? PERSON_STATUS_LABELS : OTHER_STATUS_LABELS)
  const fields = [
    { name: 'role', label: 'Role', options: listRoleOptions(view, roles), width: 'w-32' },
    { name: 'status', label: 'Status', options: statuses, width: people ? 'w-33' : 'w-40' },
    { name: 'level', label: 'Scope level', options: listOptions('Any scope', SCOPE_LEVEL_LABELS), width: 'w-34' },
    { name: 'how', label: 'How it is held', options: listOptions('Any way', HOW_LABELS), width: 'w-34' },
    {
      name: 'held',
      label: 'Held or eligible',
      options: listOptions('Held or eligible', HELD_LABELS),
      width: 'w-37 max-sm:min-w-36',
    },
  ] as const

  return (
    <FilterForm label={people ? 'People' : 'Other principals'} action={path} values={values}>
      <SearchField
        label={people ? 'Name, email or ID' : 'Name or ID'}
        defaultValue={values.q}
        className="max-sm:max-w-none sm:max-w-48"
      />
      {fields.map(({ name, label, options, width }) => (
        <SelectField
          key={name}
          name={name}
          label={label}
          hideLabel
          options={options}
          defaultValue={values[name]}
          className={`${width} max-sm:w-auto max-sm:flex-1 max-sm:basis-32`}
        />
      ))}
      {Object.entries(kept).map(([name, value]) =>
        value === null ? null : <input key={name} type="hidden" name={name} value={value} />,
      )}
      {view.scope ? (
        <ButtonLink href={path + formatAccessView({ ...view, scope: null, cursor: null })} title={view.scope}>
          <X aria-hidden />
          <span className="sr-only">No longer only at </span>
          <span dir="auto" className="max-w-40 truncate">
            {spellControls(view.scope.split('/').at(-1) || view.scope)}
          </span>
        </ButtonLink>
      ) : null}
      {isFiltered(view) ? (
        <ButtonLink href={keepMoment(path, view.at)} variant="ghost" title="Clear filters" className="px-2">
          <FunnelX aria-hidden />
          <span className="sr-only">Clear filters</span>
        </ButtonLink>
      ) : null}
      <ExportMenu path={`${home}/export`} query={exportQuery} className="ml-auto" />
    </FilterForm>
  )
}

/** The roles held here, and what a link asks for beside them: several roles at once, or one that nobody holds any more. */
function listRoleOptions(view: AccessView, roles: Props['roles']) {
  const options = roles.map((role) => ({ value: role.id, label: roleWords(role) }))
  const wanted = view.roleIds.join(',')
  const known = wanted === '' || options.some(({ value }) => value === wanted)
  const label = view.roleIds.length === 1 ? wanted : `${view.roleIds.length} roles`
  return [{ value: '', label: 'Any role' }, ...(known ? [] : [{ value: wanted, label }]), ...options]
}
