import { Hourglass } from 'lucide-react'
import Link from 'next/link'
import { Chip } from '@/components/ui/chip'
import type { HolderRow } from '@/db/queries/holders'
import { RoleChip } from './role-chip'

type Props = {
  row: Pick<HolderRow, 'role' | 'eligible' | 'assignmentKind' | 'grants'>
  /** Where all of them are shown; without it the rest is only counted. */
  href?: string
}

/** The strongest role of a holder, a stronger one that waits to be activated, and how many more there are. */
export function HolderRoles({ row: { role, eligible, assignmentKind, grants }, href }: Props) {
  const more = grants - 1 - Number(eligible !== null)
  return (
    <span className="grid grid-cols-[minmax(0,1fr)] gap-1">
      <span className="flex min-w-0 items-center gap-1.5">
        <RoleChip
          name={role.name ?? role.id}
          privilege={role.privilege}
          custom={role.custom}
          eligible={assignmentKind === 'eligible'}
        />
        {more > 0 ? <More count={more} href={href} /> : null}
      </span>
      {assignmentKind === 'activated' || eligible ? (
        <span className="flex min-w-0 flex-wrap gap-1">
          {assignmentKind === 'activated' ? (
            <Chip
              icon={<Hourglass aria-hidden />}
              title="Activated through Privileged Identity Management: it ends by itself"
            >
              activated
            </Chip>
          ) : null}
          {eligible ? (
            <RoleChip name={eligible.roleName ?? eligible.roleId} privilege={eligible.privilege} eligible />
          ) : null}
        </span>
      ) : null}
    </span>
  )
}

function More({ count, href }: { count: number; href: string | undefined }) {
  const says = `${count.toLocaleString('en')} more`
  const look = 'shrink-0 text-xs whitespace-nowrap text-ink-faint tabular-nums'
  if (!href) return <span className={look}>{says}</span>
  return (
    <Link href={href} prefetch={false} className={`${look} hover:underline`}>
      {says}
    </Link>
  )
}
