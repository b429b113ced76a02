import { FilterForm } from '@/components/access/filter-form'
import { listOptions } from '@/components/access/labels'
import { ButtonLink } from '@/components/ui/button-link'
import { ExportMenu } from '@/components/ui/export-menu'
import { SelectField, TextField } from '@/components/ui/fields'
import { CAUSE_LABELS, EFFECT_LABELS } from '@/lib/domain/change-words'
import { type ChangesView, formatChangesView } from '@/lib/domain/views'

type Props = {
  path: string
  view: ChangesView
  /** The connections to choose from, and the roles that changes are about. */
  connections: { id: string; label: string }[]
  roles: { id: string; name: string }[]
}

/** What the list of changes can be narrowed down to. Everything stands in the address. */
export function ChangeFilters({ path, view, connections, roles }: Props) {
  const values = {
    connection: view.connectionId ?? '',
    effect: view.effect ?? '',
    cause: view.cause ?? '',
    privileged: view.privileged ? '1' : '',
    role: view.roleId ?? '',
    by: view.by,
  }
  const isFiltered = Object.values(values).some((value) => value !== '') || view.personId || view.after || view.until
  return (
    <FilterForm label="Changes" action={path} values={values}>
      <SelectField
        name="connection"
        label="Subscription"
        hideLabel
        options={[
          { value: '', label: 'All subscriptions' },
          ...connections.map(({ id, label }) => ({ value: id, label })),
        ]}
        defaultValue={values.connection}
        className="w-52 max-sm:w-full"
      />
      <SelectField
        name="effect"
        label="Gained or lost"
        hideLabel
        options={listOptions('Gained or lost', EFFECT_LABELS)}
        defaultValue={values.effect}
        className="w-36 max-sm:w-[calc(50%-0.25rem)]"
      />
      <SelectField
        name="cause"
        label="Cause"
        hideLabel
        options={listOptions('Any cause', CAUSE_LABELS)}
        defaultValue={values.cause}
        className="w-44 max-sm:w-[calc(50%-0.25rem)]"
      />
      <SelectField
        name="role"
        label="Role"
        hideLabel
        options={[{ value: '', label: 'Any role' }, ...roles.map(({ id, name }) => ({ value: id, label: name }))]}
        defaultValue={values.role}
        className="w-44 max-sm:w-[calc(50%-0.25rem)]"
      />
      <SelectField
        name="privileged"
        label="Privileged"
        hideLabel
        options={[
          { value: '', label: 'All roles' },
          { value: '1', label: 'Privileged only' },
        ]}
        defaultValue={values.privileged}
        className="w-36 max-sm:w-[calc(50%-0.25rem)]"
      />
      <TextField
        name="by"
        label="Who did it: a name or an object ID"
        hideLabel
        placeholder="Who did it"
        defaultValue={values.by}
        className="w-40 max-sm:w-full"
      />
      {view.personId ? <input type="hidden" name="person" value={view.personId} /> : null}
      {isFiltered ? (
        <ButtonLink href={path} variant="ghost">
          Clear filters
        </ButtonLink>
      ) : null}
      <ExportMenu
        path={`${path}/export`}
        query={formatChangesView({ ...view, cursor: null }).slice(1)}
        className="ml-auto"
      />
    </FilterForm>
  )
}
