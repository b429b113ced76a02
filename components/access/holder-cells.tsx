import { History } from 'lucide-react'
import type { ComponentProps } from 'react'
import { Chip } from '@/components/ui/chip'
import { joinClasses } from '@/components/ui/join-classes'
import { ListLink } from '@/components/ui/list-link'
import { Name } from '@/components/ui/name'
import { SortTh } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import type { HolderRow } from '@/db/queries/holders'
import { type AccessView, formatAccessView, type HolderSort } from '@/lib/domain/views'
import type { EmailSource, PrincipalKind, PrincipalStatus, PrincipalVariety } from '@/lib/domain/vocabulary'
import { spellControls } from '@/lib/domain/words'
import { ThroughGroup } from './group-name'
import {
  EMAIL_SOURCE_WORDS,
  OTHER_STATUS_LABELS,
  PERSON_STATUS_LABELS,
  PERSON_STATUS_SENTENCES,
  PRINCIPAL_KIND_LABELS,
} from './labels'
import { EndsChip, RoleChip } from './role-chip'

type HolderSortThProps = Omit<ComponentProps<typeof SortTh>, 'href' | 'direction'> & {
  by: HolderSort
  path: string
  view: AccessView
}

/** A column heading that sorts a table of holders: upward first, then downward. Sorting leads back to the first page. */
export function HolderSortTh({ by, path, view, ...heading }: HolderSortThProps) {
  const sorted = view.sort === by
  const direction = sorted && view.direction === 'asc' ? 'desc' : 'asc'
  return (
    <SortTh
      href={path + formatAccessView({ ...view, sort: by, direction, cursor: null })}
      direction={sorted ? (view.direction === 'asc' ? 'ascending' : 'descending') : undefined}
      {...heading}
    />
  )
}

type PrincipalNameProps = {
  id: string
  name: string | null
  email?: string | null
  deleted?: boolean
  /** Where the name leads; without it, to the person's page over all subscriptions. */
  href?: string
  className?: string
}

/** A person's name, or else their address or ID, as a link to their page. A name may be of any length and in any script. */
export function PrincipalName({ id, name, email, deleted, href = `/people/${id}`, className }: PrincipalNameProps) {
  const known = name ?? email
  return (
    <ListLink
      href={href}
      dir="auto"
      className={joinClasses(
        'font-medium wrap-anywhere hover:underline',
        deleted && 'text-ink-soft line-through',
        !known && 'font-mono font-normal',
        className,
      )}
    >
      {spellControls(known ?? id)}
    </ListLink>
  )
}

/**
 * A person's email address, and what it is taken from where that is not the account's own field for it. One that does not
 * fit on a line is broken before its domain, if that is enough. It stands in a cell of its own, beyond which its direction does not reach.
 */
export function EmailText({ email, source = null }: { email: string | null; source?: EmailSource | null }) {
  if (email === null) return <span className="text-ink-faint">None known</span>
  const domain = email.lastIndexOf('@')
  const words = source && EMAIL_SOURCE_WORDS[source]
  const address = (
    <>
      {spellControls(email.slice(0, Math.max(0, domain)))}
      <wbr />
      {spellControls(email.slice(Math.max(0, domain)))}
    </>
  )
  return (
    <>
      {words ? <span title={words}>{address}</span> : address}
      <EmailSourceNote source={source} />
    </>
  )
}

/** What a guest's address is taken from, as a quiet line below it; nothing where the account itself is called by it. */
export function EmailSourceNote({ source }: { source: EmailSource | null }) {
  if (source !== 'decoded' && source !== 'other_mail') return null
  return <span className="block text-xs text-ink-faint">{EMAIL_SOURCE_WORDS[source]}</span>
}

type PersonStatusMarkProps = {
  status: PrincipalStatus | null
  guest?: boolean | null
  /** Shown as a second line where it is known. */
  lastSignInAt?: Date | null
  className?: string
}

/** Whether a person's account is in use, with a small tag for a guest's, and when it last signed in. */
export function PersonStatusMark({ status, guest, lastSignInAt, className }: PersonStatusMarkProps) {
  const shown = status ?? 'not_readable'
  const says = PERSON_STATUS_SENTENCES[shown]
  const mark = (
    <span title={says} data-status={shown} className={joinClasses('status', className)}>
      {PERSON_STATUS_LABELS[shown]}
      {shown === 'active' ? null : <span className="sr-only">{`: ${says}`}</span>}
    </span>
  )

  return (
    <>
      {guest ? (
        <span className="inline-flex max-w-full flex-wrap items-center gap-x-1.5">
          {mark}
          <GuestTag />
        </span>
      ) : (
        mark
      )}
      {lastSignInAt ? (
        <span className="block text-xs text-ink-faint">
          signed in <RelativeTime at={lastSignInAt} />
        </span>
      ) : null}
    </>
  )
}

/** Says that a person is a guest in the directory. */
export function GuestTag() {
  return <span className="rounded-md border border-line px-1 text-xs text-ink-soft">Guest</span>
}

/** Whether the directory knows what is no person. Of an application it is not known whether it can sign in. */
export function OtherStatusMark({ status }: { status: PrincipalStatus }) {
  return (
    <span data-status={status} className="status">
      {OTHER_STATUS_LABELS[status] ?? PERSON_STATUS_LABELS[status]}
    </span>
  )
}

/** What kind of principal it is, as exactly as is known. Microsoft's own are marked, because they are no cause for alarm. */
export function PrincipalKindText({ kind, variety }: { kind: PrincipalKind; variety: PrincipalVariety | null }) {
  if (variety === 'managed_identity') return 'Managed identity'
  if (variety === 'application') return 'Application'
  if (variety === 'agent') return 'AI agent'
  if (variety === 'platform')
    return (
      <span className="inline-flex items-center gap-1.5">
        Application
        <Chip title="Belongs to a service of Microsoft, which needs its role to work">Microsoft platform</Chip>
      </span>
    )
  return PRINCIPAL_KIND_LABELS[kind]
}

/** Whose delegate somebody is: the other tenant, by its name or its ID. Nothing for whoever is of this directory. */
export function OfOrganisation({ organisation }: { organisation: string | null }) {
  if (organisation === null) return null
  return (
    <span className="text-ink-soft">
      {' '}
      of <Name of={organisation} />
    </span>
  )
}

type HolderRolesProps = {
  row: Pick<HolderRow, 'role' | 'eligible' | 'assignmentKind' | 'grants' | 'unreadSince'>
  /** The page with all of the holder's roles; without it the other roles are counted, but not linked. */
  href?: string
}

/** The strongest role of a holder, a stronger one that could be activated, and how many more roles there are. */
export function HolderRoles({ row: { role, eligible, assignmentKind, grants, unreadSince }, href }: HolderRolesProps) {
  const more = grants - 1 - Number(eligible !== null)
  const strongest = (
    <RoleChip
      name={role.name ?? role.id}
      privilege={role.privilege}
      custom={role.custom}
      eligible={assignmentKind === 'eligible'}
      className={unreadSince ? 'border-dashed border-line-strong' : undefined}
    />
  )
  return (
    <>
      {strongest}
      {more > 0 ? (
        <>
          {' '}
          <MoreRoles count={more} href={href} />
        </>
      ) : null}
      {unreadSince ? (
        <>
          <br />
          <NotReadSince at={unreadSince} />
        </>
      ) : null}
      {assignmentKind === 'activated' ? (
        <>
          <br />
          <EndsChip kind={assignmentKind} endsAt={null} />
        </>
      ) : null}
      {eligible ? (
        <>
          <br />
          <RoleChip
            name={eligible.roleName ?? eligible.roleId}
            privilege={eligible.privilege}
            eligible
            className="mt-1"
          />
        </>
      ) : null}
    </>
  )
}

/** Says that a role stands in from an earlier reading, because it could not be read this time. */
export function NotReadSince({ at }: { at: Date }) {
  return (
    <span
      title="It could not be read at the last sync, so the last good reading is shown. See Coverage for the reason."
      className="inline-flex items-center gap-1 text-xs text-warn"
    >
      <History aria-hidden className="size-3.5 shrink-0" />
      <span>
        not read since <RelativeTime at={at} />
      </span>
    </span>
  )
}

function MoreRoles({ count, href }: { count: number; href: string | undefined }) {
  const text = `${count.toLocaleString('en')} more`
  const look = 'text-xs whitespace-nowrap text-ink-faint tabular-nums'
  if (!href) return <span className={look}>{text}</span>
  return (
    <ListLink href={href} className={`${look} hover:underline`}>
      {text}
    </ListLink>
  )
}

type AssignmentSourceProps = {
  group: { id: string; name: string | null } | null
  /** How many groups lead to a role here, and how many roles are assigned to the holder itself. */
  groups: number
  direct: number
  /** The page of the connection's groups, and the moment at which it is opened. */
  groupsPath: string
  at: string
}

/** How the role in the row is held: directly or through which group, and how many more ways to a role there are. */
export function AssignmentSource({ group, groups, direct, groupsPath, at }: AssignmentSourceProps) {
  const more = group ? groups - 1 + Number(direct > 0) : groups
  if (!group && more === 0) return 'Direct'
  return (
    <>
      {group ? <ThroughGroup group={group} groupsPath={groupsPath} at={at} /> : 'Direct'}
      {more > 0 ? (
        <>
          {' '}
          <span
            className="text-xs whitespace-nowrap text-ink-faint tabular-nums"
            title={
              more === 1 ? 'Roles are held in one more way' : `Roles are held in ${more.toLocaleString('en')} more ways`
            }
          >
            {`+${more.toLocaleString('en')} ${more === 1 ? 'way' : 'ways'}`}
          </span>
        </>
      ) : null}
    </>
  )
}
