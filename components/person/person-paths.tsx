import { ShieldOff } from 'lucide-react'
import Link from 'next/link'
import {
  EmailSourceNote,
  OfOrganisation,
  OtherStatusMark,
  PersonStatusMark,
  PrincipalKindText,
} from '@/components/access/holder-cells'
import { ShortId } from '@/components/ui/copyable'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import type { PersonAccess } from '@/lib/domain/access'
import { explainAccess } from '@/lib/domain/access-paths'
import { accessSummary } from '@/lib/domain/access-summary'
import { keepMoment } from '@/lib/domain/as-of'
import { missedWords } from '@/lib/domain/coverage'
import { type ToldDenial, tellDenials } from '@/lib/domain/denials'
import { MOST_ROLES_DRAWN } from '@/lib/domain/paths-layout'
import type { RemovalPage } from '@/lib/domain/removal-commands'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { isolateName, spellControls } from '@/lib/domain/words'
import { PathsPicture } from './paths-picture'
import { RolePaths } from './role-paths'

type Props = {
  access: PersonAccess
  /** Names of roles by their IDs, for conditions. */
  roleNames: ReadonlyMap<string, string>
  /** How far the published result was read: what was not read may hide more roles. */
  coverage: CoverageLine[]
  /** The address of the connection's page. */
  path: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
  /** The address of the page of Microsoft's portals on which a removal is done. */
  portalHref: (page: RemovalPage) => string
  /** The time by which lasting and ended are told: that of the result, for one of the past. */
  now: Date
}

/** Everything that one person holds or could activate in a subscription: role by role, with every path to it. */
export function PersonPaths({ access, roleNames, coverage, path, at, portalHref, now }: Props) {
  const accesses = explainAccess(access)
  const roles = [...Map.groupBy(accesses, ({ roleId }) => roleId)]
  const gaps = missedWords(coverage)
  // Of what the picture leaves out the list alone tells the paths, so it is not folded.
  const drawn = new Set(accesses.slice(0, MOST_ROLES_DRAWN))
  const seen = { managementGroups: access.managementGroups, subscriptionName: access.subscription.name }
  const summary = accessSummary(access, accesses, at !== '')

  return (
    <>
      <PersonFacts person={access.person} at={at} />
      {summary ? (
        <p className="mb-4 max-w-4xl text-lg break-words">
          {summary} {gaps.length > 0 ? <span className="text-ink-soft">There may be more, see below.</span> : null}
        </p>
      ) : null}
      {gaps.length > 0 ? (
        <Notice tone="warn" title="There may be ways that are not shown" className="mb-4">
          <ul>
            {gaps.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {roles.length === 0 ? (
        <EmptyState title={`No access to ${isolateName(access.subscription.label)} ${at ? 'then' : 'now'}`}>
          {gaps.length > 0
            ? `In what was read, no role ${at ? 'was held here and none could' : 'is held here and none can'} be activated.`
            : `No role ${at ? 'was' : 'is'} held here, directly or through a group, and none ${at ? 'could' : 'can'} be activated.`}
        </EmptyState>
      ) : (
        <>
          <PathsPicture access={access} roles={accesses} />
          <Denials denials={tellDenials(accesses, seen)} />
          <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
            {roles.map(([roleId, roleAccesses]) => (
              <RolePaths
                key={roleId}
                access={access}
                roleNames={roleNames}
                roleId={roleId}
                accesses={roleAccesses}
                groupsPath={`${path}/groups`}
                at={at}
                allRead={gaps.length === 0}
                portalHref={portalHref}
                drawn={drawn}
                now={now}
              />
            ))}
          </div>
        </>
      )}
    </>
  )
}

/** What is denied of the roles below, each denial once for all roles that it cuts alike. Nothing where none does. */
function Denials({ denials }: { denials: ToldDenial[] }) {
  if (denials.length === 0) return null
  return (
    <ul aria-label="What is denied" className="mb-5 grid grid-cols-[minmax(0,1fr)] gap-1 text-warn">
      {denials.map(({ key, description, words }) => (
        <li key={key} className="flex gap-1.5" title={description ?? undefined}>
          <ShieldOff aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{words}</span>
        </li>
      ))}
    </ul>
  )
}

/** What a principal is called: by its name, else its address, else its ID. */
export const titleOf = ({ name, email, userPrincipalName, id }: PersonAccess['person']): string =>
  name ?? email ?? userPrincipalName ?? id

/** Who the person is, beside the name: address, state of the account and last sign-in. */
function PersonFacts({ person, at }: { person: PersonAccess['person']; at: string }) {
  const { id, kind, variety, email, emailSource, userPrincipalName, status, guest, lastSignInAt } = person
  const address = email ?? userPrincipalName
  return (
    <div className="mb-3 flex flex-wrap items-baseline gap-x-4 gap-y-1 text-ink-soft">
      {kind === 'user' ? (
        <span className="min-w-0">
          <span dir="auto" className="break-all">
            {spellControls(address ?? 'No email known')}
          </span>
          <EmailSourceNote source={emailSource} />
        </span>
      ) : null}
      {kind !== 'user' || variety === 'agent' ? (
        <span>
          {kind === 'delegate' ? 'Delegate' : <PrincipalKindText kind={kind} variety={variety} />}
          <OfOrganisation organisation={person.organisation} />
        </span>
      ) : null}
      <span>
        {kind === 'user' ? (
          <PersonStatusMark status={status} guest={guest} lastSignInAt={lastSignInAt} />
        ) : (
          <OtherStatusMark status={status} />
        )}
      </span>
      <ShortId id={id} label="object ID" />
      {person.kind === 'user' ? (
        <Link href={keepMoment(`/people/${id}`, at)} prefetch={false} className="link">
          In all subscriptions{at ? ' then' : null}
        </Link>
      ) : null}
    </div>
  )
}
