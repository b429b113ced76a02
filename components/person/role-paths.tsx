import { NotReadSince } from '@/components/access/holder-cells'
import { ASSIGNMENT_KIND_LABELS, describeRole, UNKNOWN_ROLE_WORDS } from '@/components/access/labels'
import { RoleChip } from '@/components/access/role-chip'
import { ScopeLabel } from '@/components/access/scope-label'
import { Chip } from '@/components/ui/chip'
import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import type { PersonAccess } from '@/lib/domain/access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { wordsOfCondition } from '@/lib/domain/condition-words'
import type { RemovalPage } from '@/lib/domain/removal-commands'
import { scopeWords } from '@/lib/domain/scopes'
import type { AssignmentKind } from '@/lib/domain/vocabulary'
import { dateWords, isolateName, timeWords } from '@/lib/domain/words'
import { PathList } from './path-list'
import { RemovalSteps } from './removal-steps'

type Props = {
  access: PersonAccess
  /** Names of roles by their IDs, for conditions. */
  roleNames: ReadonlyMap<string, string>
  roleId: string
  /** The role at each scope where it is held or eligible. */
  accesses: RoleAccess[]
  groupsPath: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
  /** Whether everything that can lead to a role was read. */
  allRead: boolean
  /** The address of the page of Microsoft's portals on which a removal is done. */
  portalHref: (page: RemovalPage) => string
  /** What a picture above shows, so that its list is folded. */
  drawn: ReadonlySet<RoleAccess>
  now: Date
}

/** One role of one person: where they have it, by which paths, and what would take it away. */
export function RolePaths(props: Props) {
  const { access, roleNames, roleId, accesses, groupsPath, at, drawn, now } = props
  const [first] = accesses
  if (!first) return null
  const { privilege, custom } = first
  const name = first.roleName ?? roleId
  const says = describeRole({ privilege, custom })
  const onlyEligible = accesses.every(({ kind }) => kind === 'eligible')
  const heading = `role-${roleId}`

  return (
    <section aria-labelledby={heading} className="rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-baseline gap-x-3 gap-y-1 border-b border-line px-4 py-3">
        <h2 id={heading} className="min-w-0 max-w-full">
          <RoleChip name={name} privilege={privilege} custom={custom} eligible={onlyEligible} className="text-sm" />
        </h2>
        <p className="text-sm text-ink-soft">
          {privilege ? `${says.charAt(0).toUpperCase()}${says.slice(1)}.` : UNKNOWN_ROLE_WORDS}{' '}
          {privilege ? null : <ShortId id={roleId} label="ID of the role" />}
        </p>
      </header>
      {accesses.map((one) => (
        <RoleAtScope
          key={`${one.scope} ${one.kind}`}
          access={access}
          roleNames={roleNames}
          role={one}
          groupsPath={groupsPath}
          at={at}
          folded={drawn.has(one)}
          now={now}
        />
      ))}
      {/* What would take a role away is about the present. */}
      {at ? null : <RemovalSteps {...props} />}
    </section>
  )
}

type RoleAtScopeProps = Pick<Props, 'access' | 'roleNames' | 'groupsPath' | 'at' | 'now'> & {
  role: RoleAccess
  folded: boolean
}

const KIND_TITLES: Record<AssignmentKind, string | undefined> = {
  active: undefined,
  activated: 'Activated for some hours from an eligible role',
  eligible: 'Not held until it is activated',
}

/** A role at one scope: its assignments, and every path to it as a list. */
function RoleAtScope({ access, roleNames, role, groupsPath, at, folded, now }: RoleAtScopeProps) {
  const seen = { managementGroups: access.managementGroups, subscriptionName: access.subscription.name }
  const words = scopeWords({ scope: role.scope, level: role.level, ...seen })
  const grants = [...new Set(role.paths.map(({ grant }) => grant))]
  const listId = `ways-${grants[0]?.key.replaceAll(/[^a-zA-Z0-9]+/g, '-')}`

  return (
    <div className="border-line px-4 py-3 not-first-of-type:border-t">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Chip tone={role.kind === 'eligible' ? 'eligible' : 'neutral'} title={KIND_TITLES[role.kind]}>
          {ASSIGNMENT_KIND_LABELS[role.kind]}
        </Chip>
        <ScopeLabel scope={role.scope} level={role.level} of={seen} className="font-medium" />
        <p className="min-w-0 text-sm break-words text-ink-soft">{words.reach}</p>
        {role.unreadSince ? <NotReadSince at={role.unreadSince} /> : null}
      </div>
      <ul className="mt-1.5 grid grid-cols-[minmax(0,1fr)] gap-1 text-sm text-ink-soft">
        {grants.map((grant) => (
          <GrantFacts key={grant.key} access={access} roleNames={roleNames} grant={grant} now={now} />
        ))}
      </ul>
      <PathList
        access={access}
        role={role}
        scopeName={words.name}
        groupsPath={groupsPath}
        at={at}
        id={listId}
        folded={folded}
      />
    </div>
  )
}

type Grant = PersonAccess['grants'][number]

/** One assignment in words: who holds it, for how long, since when, and on what condition. */
type GrantFactsProps = Pick<Props, 'access' | 'roleNames' | 'now'> & { grant: Grant }

function GrantFacts({ access, roleNames, grant, now }: GrantFactsProps) {
  const own = grant.principalId === access.person.id
  const holder = access.groups.find(({ id }) => id === grant.principalId)?.name ?? grant.principalId
  const verb = grant.principalKind === 'delegate' ? 'Delegated' : 'Assigned'
  const ended = grant.endsAt !== null && grant.endsAt <= now

  return (
    <li className="wrap-anywhere">
      {own ? (
        describeOwn(access, grant)
      ) : (
        <>
          Assigned to <Name of={holder} />.{' '}
        </>
      )}
      <span className={ended ? 'text-warn' : undefined}>{timeWords(grant, now)}</span>{' '}
      {grant.assignedOn
        ? `${verb} in Azure on ${dateWords(grant.assignedOn)}; `
        : `When it was ${verb.toLowerCase()} is not known; `}
      first seen here on {dateWords(grant.firstSeen)}.
      {grant.readAt ? (
        <>
          {' '}
          <NotReadSince at={grant.readAt} />
        </>
      ) : null}
      {grant.condition ? <Condition text={grant.condition} roleNames={roleNames} /> : null}
    </li>
  )
}

/** How a role of one's own is held: by an assignment, or by a delegation to the other tenant. */
function describeOwn({ person: { organisation } }: PersonAccess, { principalKind }: Grant): string {
  if (principalKind !== 'delegate') return 'Assigned directly. '
  return `Through Azure Lighthouse, by ${organisation ? isolateName(organisation) : 'another tenant'}. `
}

/** The condition of an assignment in words where it has a known form, and in full to check the words against. */
function Condition({ text, roleNames }: { text: string; roleNames: ReadonlyMap<string, string> }) {
  const words = wordsOfCondition(text, (id) => roleNames.get(id) ?? null)
  return (
    <details className="mt-1">
      <summary className="rounded-md">
        <span className="font-medium text-ink">Condition:</span> {words ?? 'not of a form that can be put in words.'}{' '}
        <span className="link">In full</span>
      </summary>
      <pre className="mt-1 rounded-md border border-line bg-canvas p-2 font-mono text-xs break-words whitespace-pre-wrap text-ink">
        {text}
      </pre>
    </details>
  )
}
