import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { Chip } from '@/components/ui/chip'
import { joinClasses } from '@/components/ui/join-classes'
import type { RoleHeld, RoleHolder } from '@/db/queries/roles'
import { keepMoment } from '@/lib/domain/as-of'
import { spellControls } from '@/lib/domain/words'
import { GuestTag, PersonStatusMark, PrincipalName } from './holder-cells'
import { UNKNOWN_ROLE_WORDS } from './labels'
import { RoleChip } from './role-chip'

type Props = {
  path: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
  roles: RoleHeld[]
  /** The role whose holders are listed, by its ID; null for none. */
  opened: string | null
  /** The first people of the opened role: who hold it now, and who could only activate it. */
  holders: RoleHolder[]
  /** The address that opens a role, or folds the one that is open. */
  hrefOf: (roleId: string) => string
}

/** Roles that are held, the strongest first. Opened, one lists who holds it, directly or through groups. */
export function RolesHeld({ path, at, roles, opened, holders, hrefOf }: Props) {
  return (
    <ul
      data-list
      tabIndex={-1}
      aria-label="Roles"
      className="divide-y divide-line rounded-lg border border-line bg-surface"
    >
      {roles.map((role) => {
        const isOpen = role.id === opened
        return (
          <li key={role.id} data-row>
            <Link
              href={hrefOf(role.id)}
              prefetch={false}
              scroll={false}
              aria-expanded={isOpen}
              className="grid grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2 text-sm -outline-offset-2 hover:bg-canvas"
            >
              <ChevronRight
                aria-hidden
                className={joinClasses('size-4 text-ink-faint transition-transform', isOpen && 'rotate-90')}
              />
              <span className="flex min-w-0 flex-wrap items-center gap-1.5">
                <RoleChip name={role.name ?? role.id} privilege={role.privilege} custom={role.custom} />
                <RoleMark role={role} />
              </span>
              <Counts role={role} />
            </Link>
            {isOpen ? (
              <div className="grid gap-3 px-4 pt-1 pb-4 pl-11 text-sm">
                {role.privilege ? null : (
                  <p className="text-ink-soft">
                    {UNKNOWN_ROLE_WORDS} Its ID is <span className="font-mono text-xs break-all">{role.id}</span>.
                  </p>
                )}
                {role.description ? (
                  <p dir="auto" className="max-w-3xl break-words text-ink-soft">
                    {spellControls(role.description)}
                  </p>
                ) : null}
                <Holders path={path} at={at} role={role} holders={holders} />
              </div>
            ) : null}
          </li>
        )
      })}
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
        <span title="Groups, service principals, managed identities and devices" className="max-sm:block">
          {' '}
          + {countOf(role.others, 'group or other', 'groups and others')}
        </span>
      ) : null}
      {role.eligible > 0 || role.eligibleOthers > 0 ? (
        <span className="text-eligible max-sm:block">
          <span className="max-sm:hidden"> + </span>
          {eligibleWords(role)} could activate it
        </span>
      ) : null}
    </span>
  )
}

/** How many could activate a role: the people, and apart from them whoever else, such as applications. */
function eligibleWords({ eligible, eligibleOthers }: RoleHeld): string {
  const people = eligible > 0 ? [eligible.toLocaleString('en')] : []
  const others = eligibleOthers > 0 ? [countOf(eligibleOthers, 'other', 'others')] : []
  return [...people, ...others].join(' and ')
}

type HoldersProps = { path: string; at: string; role: RoleHeld; holders: RoleHolder[] }

/** Those who hold a role now, and apart from them those who could only activate it. */
function Holders({ path, at, role, holders }: HoldersProps) {
  return (
    <>
      <HolderList
        title={at ? 'Held it then' : 'Hold it now'}
        people={holders.filter(({ held }) => held)}
        total={role.people}
        path={path}
        at={at}
        allHref={keepMoment(`${path}?role=${role.id}&held=held`, at)}
      />
      <HolderList
        title="Could activate it"
        people={holders.filter(({ held }) => !held)}
        total={role.eligible}
        path={path}
        at={at}
        allHref={keepMoment(`${path}?role=${role.id}&held=eligible`, at)}
      />
      {role.others > 0 || role.eligibleOthers > 0 ? (
        <p className="flex flex-wrap gap-x-4 gap-y-1.5">
          {role.eligibleOthers > 0 ? (
            <span>{countOf(role.eligibleOthers, 'other principal', 'other principals')} could activate it.</span>
          ) : null}
          <Link href={keepMoment(`${path}/groups`, at)} prefetch={false} className="link">
            Groups
          </Link>
          <Link href={keepMoment(`${path}/principals?role=${role.id}`, at)} prefetch={false} className="link">
            Other principals
          </Link>
        </p>
      ) : null}
    </>
  )
}

type HolderListProps = {
  title: string
  people: RoleHolder[]
  total: number
  path: string
  at: string
  allHref: string
}

/** The first people of one kind, with the state of an account only where it is out of the ordinary, and a link to all. */
function HolderList({ title, people, total, path, at, allHref }: HolderListProps) {
  if (total === 0) return null
  const more = total - people.length
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-ink-soft">
        {title} <span className="tabular-nums">({total.toLocaleString('en')})</span>
      </h3>
      <ul className="grid gap-x-6 gap-y-1 sm:grid-cols-2 xl:grid-cols-3">
        {people.map((holder) => (
          <li key={holder.personId} className="flex min-w-0 flex-wrap items-baseline gap-x-3">
            <PrincipalName
              id={holder.personId}
              name={holder.name}
              email={holder.email}
              deleted={holder.status === 'deleted'}
              href={keepMoment(`${path}/people/${holder.personId}`, at)}
              className="min-w-0"
            />
            {holder.status !== 'active' ? (
              <PersonStatusMark status={holder.status} guest={holder.guest} className="shrink-0 text-xs" />
            ) : holder.guest ? (
              <GuestTag />
            ) : null}
          </li>
        ))}
      </ul>
      <p className="mt-1.5">
        <Link href={allHref} prefetch={false} className="link">
          {more > 0 ? `${more.toLocaleString('en')} more: all in the people list` : 'Show in the people list'}
          <span className="sr-only">, {title.toLowerCase()}</span>
        </Link>
      </p>
    </section>
  )
}

const countOf = (count: number, one: string, many: string) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`
