import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { Chip } from '@/components/ui/chip'
import type { RoleHeld, RoleHolder } from '@/db/queries/roles'
import { PersonStatusMark, PrincipalName } from './holder-cells'
import { RoleChip } from './role-chip'

type Props = { path: string; roles: RoleHeld[]; holders: RoleHolder[] }

/** Every role that is held, the strongest first. Unfolded, it lists who holds it, directly or through groups. */
export function RolesHeld({ path, roles, holders }: Props) {
  const byRole = Map.groupBy(holders, (holder) => holder.roleId)

  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {roles.map((role) => (
        <li key={role.id}>
          <details className="group">
            <summary className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2 text-sm hover:bg-canvas">
              <ChevronRight aria-hidden className="size-4 text-ink-faint transition-transform group-open:rotate-90" />
              <span className="flex min-w-0 flex-wrap items-center gap-1.5">
                <RoleChip name={role.name ?? role.id} privilege={role.privilege} custom={role.custom} />
                <RoleMark role={role} />
              </span>
              <Counts role={role} />
            </summary>
            <div className="grid gap-3 px-4 pt-1 pb-4 pl-11 text-sm">
              {role.description ? (
                <p dir="auto" className="max-w-3xl break-words text-ink-soft">
                  {role.description}
                </p>
              ) : null}
              <Holders path={path} role={role} holders={byRole.get(role.id) ?? []} />
            </div>
          </details>
        </li>
      ))}
    </ul>
  )
}

/** Marks a role as privileged. A custom role that equals Owner is marked as that instead, because it says more. */
function RoleMark({ role }: { role: RoleHeld }) {
  if (role.custom && role.ownerEquivalent)
    return (
      <Chip tone="warn" title="A custom role that amounts to Owner without being called so">
        Owner-equivalent
      </Chip>
    )
  if (!role.privileged) return null
  return <Chip title="Can give access to others, or change every kind of resource">Privileged</Chip>
}

function Counts({ role }: { role: RoleHeld }) {
  return (
    <span className="text-right text-ink-soft tabular-nums">
      {countOf(role.people, 'person', 'people')}
      {role.others > 0 ? (
        <span title="Groups, service principals and others" className="max-sm:block">
          {' '}
          + {countOf(role.others, 'other', 'others')}
        </span>
      ) : null}
      {role.eligible > 0 ? (
        <span className="text-eligible max-sm:block">
          <span className="max-sm:hidden"> + </span>
          {role.eligible.toLocaleString('en')} eligible
        </span>
      ) : null}
    </span>
  )
}

function Holders({ path, role, holders }: { path: string; role: RoleHeld; holders: RoleHolder[] }) {
  const all = role.people + role.eligible
  const more = all - holders.length
  return (
    <>
      {holders.length > 0 ? (
        <ul className="grid gap-x-6 gap-y-1 sm:grid-cols-2 xl:grid-cols-3">
          {holders.map((holder) => (
            <li key={holder.personId} className="flex min-w-0 items-center justify-between gap-3">
              <PrincipalName
                id={holder.personId}
                name={holder.name}
                email={holder.email}
                deleted={holder.status === 'deleted'}
                href={`${path}/people/${holder.personId}`}
                className="min-w-0"
              />
              <PersonStatusMark status={holder.status} guest={holder.guest} className="shrink-0" />
            </li>
          ))}
        </ul>
      ) : null}
      <p className="flex flex-wrap gap-x-4 gap-y-1.5">
        {all > 0 ? (
          <Link href={`${path}?role=${role.id}`} prefetch={false} className="link">
            {more > 0 ? `${more.toLocaleString('en')} more: all in the people list` : 'Show in the people list'}
          </Link>
        ) : null}
        {role.others > 0 ? (
          <>
            <Link href={`${path}/groups`} prefetch={false} className="link">
              Groups
            </Link>
            <Link href={`${path}/principals?role=${role.id}`} prefetch={false} className="link">
              Other principals
            </Link>
          </>
        ) : null}
      </p>
    </>
  )
}

const countOf = (count: number, one: string, many: string) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
