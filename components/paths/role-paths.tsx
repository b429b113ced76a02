import { RoleChip } from '@/components/access/role-chip'
import { roleWords } from '@/components/access/role-words'
import type { PersonAccess } from '@/db/queries/person-access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { RoleAtScope } from './role-at-scope'
import { TakeAway } from './take-away'

/** Pictures of one role at most: at further scopes the list says it in less room. */
const MOST_PICTURES = 6

type Props = {
  access: PersonAccess
  roleId: string
  /** The role at each scope, held or eligible. */
  accesses: RoleAccess[]
  groupsPath: string
  /** Whether all that can lead to a role was read. */
  whole: boolean
  pictures: boolean
  now: Date
}

/** One role of one person: wherever they have it, how, and what would take it away. */
export function RolePaths({ access, roleId, accesses, groupsPath, whole, pictures, now }: Props) {
  const [first] = accesses
  if (!first) return null
  const { privilege, custom } = first
  const name = first.roleName ?? roleId
  const says = roleWords({ privilege, custom })
  const onlyEligible = accesses.every(({ kind }) => kind === 'eligible')
  const heading = `role-${roleId}`

  return (
    <section aria-labelledby={heading} className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b border-line px-4 py-3">
        <h3 id={heading} className="min-w-0 max-w-full">
          <RoleChip name={name} privilege={privilege} custom={custom} eligible={onlyEligible} className="text-sm" />
        </h3>
        <p className="text-sm text-ink-soft">
          {first.roleName ? null : 'What this role is called and allows could not be read.'}
          {says ? `${says.charAt(0).toUpperCase()}${says.slice(1)}.` : null}
        </p>
      </header>
      {accesses.map((one, at) => (
        <RoleAtScope
          key={`${one.scope} ${one.kind}`}
          access={access}
          role={one}
          groupsPath={groupsPath}
          picture={pictures && at < MOST_PICTURES}
          now={now}
        />
      ))}
      <TakeAway access={access} roleId={roleId} name={name} accesses={accesses} whole={whole} />
    </section>
  )
}
