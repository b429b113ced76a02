import { RoleChip } from '@/components/access/role-chip'
import type { Privilege } from '@/db/schema'

export type AllowingRole = {
  id: string
  name: string | null
  privilege: Privilege | null
  custom: boolean
  control: boolean
  data: boolean
}

type Props = {
  roles: AllowingRole[]
  /** Roles held here whose definition could not be read, which say neither yes nor no. */
  unread: number
}

/** Which of the roles held here allow the operation, and on which plane. */
export function AllowingRoles({ roles, unread }: Props) {
  return (
    <>
      <p>{sentence(roles)}</p>
      {roles.length > 0 ? (
        <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-1.5">
          {roles.map((role) => (
            <li key={role.id} className="flex max-w-full min-w-0 items-center gap-1.5">
              <RoleChip name={role.name ?? role.id} privilege={role.privilege} custom={role.custom} />
              {mixed(roles) ? <span className="shrink-0 text-xs text-ink-soft">{planes(role)}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
      {mixed(roles) ? (
        <p className="mt-2 text-ink-soft">
          Azure knows most operations as only one of the two. A role that allows this one as the other kind does not
          help.
        </p>
      ) : null}
      {unread > 0 ? (
        <p className="mt-2 text-ink-soft">
          {unread === 1
            ? 'The definition of 1 more role could not be read: whether it allows it is not known.'
            : `The definitions of ${unread.toLocaleString('en')} more roles could not be read: whether they allow it is not known.`}
        </p>
      ) : null}
    </>
  )
}

function sentence(roles: AllowingRole[]): string {
  const [first] = roles
  if (!first) return 'No role held here allows it.'
  const count = roles.length === 1 ? '1 role held here allows it' : `${roles.length} roles held here allow it`
  return mixed(roles) ? `${count}:` : `${count}, as a ${planes(first)}:`
}

const mixed = (roles: AllowingRole[]) => new Set(roles.map(planes)).size > 1

function planes({ control, data }: AllowingRole): string {
  if (control && data) return 'control and data operation'
  return data ? 'data operation' : 'control operation'
}
