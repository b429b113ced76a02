import { Hourglass } from 'lucide-react'
import Link from 'next/link'
import { Chip } from '@/components/ui/chip'
import { joinClasses } from '@/components/ui/join-classes'
import { RelativeTime } from '@/components/ui/time'
import type { HolderRow } from '@/db/queries/holders'
import type { PrincipalKind as Kind, PrincipalVariety, PrincipalStatus as Status } from '@/lib/domain/vocabulary'
import { RoleChip } from './role-chip'

type Look = { word: string; says: string; dot: string; text: string }

const LOOKS: Record<Status, Look> = {
  active: { word: 'Active', says: 'The account is enabled.', dot: 'bg-good', text: 'text-ink' },
  invited: {
    word: 'Invited',
    says: 'The invitation to the directory has not been accepted yet.',
    dot: 'border-[1.5px] border-warn',
    text: 'text-ink-soft',
  },
  disabled: {
    word: 'Disabled',
    says: 'The account cannot sign in. Its roles work again as soon as it is enabled.',
    dot: 'border-[1.5px] border-ink-faint',
    text: 'text-ink-soft',
  },
  deleted: {
    word: 'Deleted',
    says: 'The account lies among the directory’s deleted users. Restored, it has its roles again.',
    dot: 'bg-bad',
    text: 'text-bad line-through',
  },
  not_found: {
    word: 'Not found',
    says: 'The directory does not know this account, not even among its deleted users. The assignment is left over.',
    dot: 'bg-bad',
    text: 'text-bad',
  },
  not_readable: {
    word: 'Not readable',
    says: 'Rolecall could not ask the directory about this account.',
    dot: 'border-[1.5px] border-dashed border-ink-faint',
    text: 'text-ink-soft',
  },
  other_tenant: {
    word: 'Other tenant',
    says: 'The account lives in another directory, which is not asked about it.',
    dot: 'border-[1.5px] border-ink-faint',
    text: 'text-ink-soft',
  },
}

type Props = {
  status: Status | null
  guest?: boolean | null
  /** Shown as a second line where it is known. */
  lastSignInAt?: Date | null
  className?: string
}

/** Whether a person's account is in use, a small tag when it belongs to a guest, and when it was last used. */
export function PersonStatusMark({ status, guest, lastSignInAt, className }: Props) {
  const { word, says, dot, text } = LOOKS[status ?? 'not_readable']

  return (
    <>
      <span
        title={says}
        className={joinClasses('relative inline-flex items-center gap-1.5 whitespace-nowrap', className)}
      >
        <span aria-hidden className={joinClasses('size-2 shrink-0 rounded-full', dot)} />
        <span className={text}>{word}</span>
        {status === 'active' ? null : <span className="sr-only">: {says}</span>}
        {guest ? <span className="rounded-md border border-line px-1 text-xs text-ink-soft">Guest</span> : null}
      </span>
      {lastSignInAt ? (
        <span className="block text-xs whitespace-nowrap text-ink-faint">
          signed in <RelativeTime at={lastSignInAt} />
        </span>
      ) : null}
    </>
  )
}

type HolderRolesProps = {
  row: Pick<HolderRow, 'role' | 'eligible' | 'assignmentKind' | 'grants'>
  /** Where all of them are shown; without it the rest is only counted. */
  href?: string
}

/** The strongest role of a holder, a stronger one that waits to be activated, and how many more there are. */
export function HolderRoles({ row: { role, eligible, assignmentKind, grants }, href }: HolderRolesProps) {
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

type AssignmentSourceProps = {
  group: { id: string; name: string | null } | null
  /** Groups that lead to a role here, and roles assigned to the holder itself. */
  groups: number
  direct: number
  /** The page of the connection's groups. */
  groupsPath: string
}

/** How the role in the row is held: directly or by the name of the group, and how many more ways there are. */
export function AssignmentSource({ group, groups, direct, groupsPath }: AssignmentSourceProps) {
  const more = group ? groups - 1 + Number(direct > 0) : groups
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      {group ? (
        <Link
          href={`${groupsPath}?group=${group.id}`}
          prefetch={false}
          dir="auto"
          title={`Through the group ${group.name ?? group.id}`}
          className="min-w-0 truncate hover:underline"
        >
          {group.name ?? `Group ${group.id.slice(0, 8)}`}
        </Link>
      ) : (
        <span>Direct</span>
      )}
      {more > 0 ? (
        <span className="shrink-0 text-xs text-ink-faint tabular-nums" title={moreInWords(more)}>
          +{more.toLocaleString('en')}
          <span className="sr-only"> more {more === 1 ? 'way' : 'ways'}</span>
        </span>
      ) : null}
    </span>
  )
}

const moreInWords = (more: number) =>
  more === 1 ? 'Roles are held in one more way' : `Roles are held in ${more.toLocaleString('en')} more ways`

type PrincipalNameProps = {
  id: string
  name: string | null
  email?: string | null
  deleted?: boolean
  /** Where the name leads; without it, to the person's page over all subscriptions. */
  href?: string
  className?: string
}

/** A person's name, or what else is known of them, as a link to their page. Names come from a directory: any script, any length. */
export function PrincipalName({ id, name, email, deleted, href = `/people/${id}`, className }: PrincipalNameProps) {
  const known = name ?? email
  return (
    <Link
      href={href}
      prefetch={false}
      dir="auto"
      title={known ?? id}
      className={joinClasses(
        'block truncate font-medium hover:underline',
        deleted && 'text-ink-soft line-through',
        !known && 'font-mono font-normal',
        className,
      )}
    >
      {known ?? id}
    </Link>
  )
}

const KINDS: Record<Kind, string> = {
  user: 'User',
  group: 'Group',
  service_principal: 'Service principal',
  foreign_group: 'Group of another tenant',
  device: 'Device',
  other: 'Other',
}

/** What a principal is, as exactly as it is known. What belongs to Microsoft's own platform is marked: it is no cause for alarm. */
export function PrincipalKindText({ kind, variety }: { kind: Kind; variety: PrincipalVariety | null }) {
  if (variety === 'managed_identity') return 'Managed identity'
  if (variety === 'application') return 'Application'
  if (variety === 'platform')
    return (
      <span className="inline-flex items-center gap-1.5">
        Application
        <Chip title="Belongs to a service of Microsoft, which needs its role to work">Microsoft platform</Chip>
      </span>
    )
  return KINDS[kind]
}

/** A person's address, cut off where it is long and whole on hover; said to be unknown when it is. */
export function EmailText({ email }: { email: string | null }) {
  return (
    <span dir="auto" title={email ?? undefined} className="block max-w-72 truncate text-ink-soft">
      {email ?? <span className="text-ink-faint">None known</span>}
    </span>
  )
}
