import Link from 'next/link'
import { Chip } from '@/components/ui/chip'
import type { HolderRow } from '@/db/queries/list-holders'
import { RoleChip } from './role-chip'

type Props = {
  row: Pick<HolderRow, 'role' | 'eligible' | 'assignmentKind' | 'grants'>
  /** Where all of them are shown; without it the rest is only counted. */
  href?: string
}

/** The strongest role of a holder, a stronger one that waits to be activated, and how many more there are. */
export function HolderRoles({ row: { role, eligible, assignmentKind, grants }, href }: Props) {
  const more = grants - 1 - Number(eligible !== null)
  const count = `${more.toLocaleString('en')} more`
  return (
    <span className="flex flex-wrap items-center gap-1">
      <RoleChip
        name={role.name ?? role.id}
        privilege={role.privilege}
        custom={role.custom}
        eligible={assignmentKind === 'eligible'}
      />
      {assignmentKind === 'activated' ? (
        <Chip title="Activated through Privileged Identity Management: it ends by itself">activated</Chip>
      ) : null}
      {eligible ? (
        <RoleChip name={eligible.roleName ?? eligible.roleId} privilege={eligible.privilege} eligible />
      ) : null}
      {more > 0 && href ? (
        <Link
          href={href}
          prefetch={false}
          className="text-xs whitespace-nowrap text-ink-faint tabular-nums hover:underline"
        >
          {count}
        </Link>
      ) : null}
      {more > 0 && !href ? (
        <span className="text-xs whitespace-nowrap text-ink-faint tabular-nums">{count}</span>
      ) : null}
    </span>
  )
}
