import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { ShortId } from '@/components/ui/copyable'
import type { GroupDetails } from '@/db/queries/groups'
import { keepMoment } from '@/lib/domain/as-of'
import { emptyGroupWords, knowsPeopleOnly, ownerlessWords } from '@/lib/domain/group-coverage'
import { ALL_CHANGES, formatChangesView } from '@/lib/domain/views'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { spellControls } from '@/lib/domain/words'
import { GroupGrants } from './group-grants'
import { GroupMembers, GroupOwners } from './group-members'
import { GroupName, GroupStateMark } from './group-name'
import { NotReadSince } from './holder-cells'
import { describeGroupState, isOpened } from './labels'
import type { ScopeOf } from './scope-label'

type Props = {
  group: GroupDetails
  /** The address of the connection's page. */
  home: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
  of: ScopeOf
  /** How far the result was read, which says what the group is known to have none of. */
  coverage: CoverageLine[]
  /** Names of roles by their IDs, for the conditions of what the group holds. */
  roleNames: ReadonlyMap<string, string>
  /** The page on which a permission can be asked for; null for those who may not ask. */
  settingsHref: string | null
  /** The links to the other pages of members. */
  pager: ReactNode
}

/** One group: how far it was opened, the roles it holds, who can add members, the groups it is in, and its direct members. */
export function GroupView({ group, home, at, of, coverage, roleNames, settingsHref, pager }: Props) {
  const path = `${home}/groups`
  const peopleOnly = knowsPeopleOnly(coverage)
  const { says, next } = describeGroupState(group.state, peopleOnly)
  const asks = (group.state === 'not_asked' || group.state === 'flat') && settingsHref
  const { rows } = group.memberPage

  return (
    <section aria-labelledby="group-title" className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <div>
        <Link
          href={keepMoment(path, at)}
          prefetch={false}
          className="-ml-1 inline-flex items-center gap-1 rounded-md pr-1.5 text-sm text-ink-soft hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-4" />
          All groups
        </Link>
        <h2 id="group-title" dir="auto" className="mt-1 text-left text-xl font-semibold tracking-tight break-words">
          {spellControls(group.name ?? 'A group without a known name')}
        </h2>
        <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-soft">
          <GroupStateMark state={group.state} peopleOnly={peopleOnly} />
          <span className="tabular-nums">{describeReach(group)}</span>
          <ShortId id={group.id} label="ID of the group" />
          <Link
            href={`/changes${formatChangesView({ ...ALL_CHANGES, personId: group.id })}`}
            prefetch={false}
            className="link"
          >
            Its changes
          </Link>
        </div>
        <p className="mt-2 max-w-3xl text-sm text-ink-soft">
          {says}{' '}
          {asks ? (
            <Link href={settingsHref} prefetch={false} className="link">
              Ask for GroupMember.Read.All in Settings
            </Link>
          ) : (
            next
          )}
        </p>
      </div>
      <Part title="Holds here">
        {group.held.length > 0 ? (
          <GroupGrants grants={group.held} of={of} roleNames={roleNames} />
        ) : (
          <p className="text-sm text-ink-soft">
            No role itself. Its members have access through the groups it lies in.
          </p>
        )}
      </Part>
      {group.parents.length > 0 ? (
        <Part title="Lies in">
          <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
            {group.parents.map((parent) => (
              <li key={parent.id} className="min-w-0 max-w-full">
                <GroupName group={parent} groupsPath={path} at={at} />
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      <Part title="Can add members">
        <p className="mb-2 max-w-3xl text-sm text-ink-soft">
          {group.ownedBy.length > 0
            ? 'Owners decide who is in the group. They hold none of its roles by that, and can give themselves all of them.'
            : ownerlessWords(coverage)}
        </p>
        {group.ages.owners ? (
          <p className="mb-2 text-sm">
            <NotReadSince at={group.ages.owners} /> <span className="text-ink-soft">Who owned it then is listed.</span>
          </p>
        ) : null}
        {group.ownedBy.length > 0 ? <GroupOwners rows={group.ownedBy} home={home} at={at} /> : null}
      </Part>
      {isOpened(group.state) || rows.length > 0 ? (
        <Part title={group.state === 'flat' ? 'Everyone in it' : 'Directly in it'}>
          {group.ages.members ? (
            <p className="mb-2 text-sm">
              <NotReadSince at={group.ages.members} />{' '}
              <span className="text-ink-soft">Who was in it then is listed.</span>
            </p>
          ) : null}
          {group.ages.members === null && group.state !== 'partly' && isNobodyIn(group) ? (
            <p className="mb-2 max-w-3xl text-sm text-ink-soft">
              {emptyGroupWords(group.eligible, coverage).join(' ')}
            </p>
          ) : null}
          {rows.length > 0 ? (
            <>
              <GroupMembers rows={rows} home={home} at={at} />
              {pager}
            </>
          ) : null}
        </Part>
      ) : null}
    </section>
  )
}

/** Whether nobody is in a group now; some may be able to become members. */
const isNobodyIn = ({ directMembers, memberPage, eligible }: GroupDetails): boolean =>
  directMembers === 0 || (memberPage.rows.length === 0 && eligible === 0)

function describeReach({ members, directMembers, eligible }: GroupDetails): string | null {
  if (members === null) return null
  return [
    `reaches ${members.toLocaleString('en')} ${members === 1 ? 'member' : 'members'}`,
    directMembers === null ? null : `${directMembers.toLocaleString('en')} directly in it`,
    eligible === 0 ? null : `${eligible.toLocaleString('en')} eligible`,
  ]
    .filter(Boolean)
    .join('; ')
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-2 font-medium">{title}</h3>
      {children}
    </div>
  )
}
