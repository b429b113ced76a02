import { ChevronLeft } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { ShortId } from '@/components/ui/short-id'
import type { GroupDetails } from '@/db/queries/groups'
import { GroupGrants } from './group-grants'
import { GroupMembers } from './group-members'
import { GroupName } from './group-name'
import { GroupState } from './group-state'
import { GROUP_WORDS, isOpened } from './group-words'
import type { ScopeOf } from './scope-label'

type Props = {
  group: GroupDetails
  /** The connection's own address. */
  home: string
  of: ScopeOf
  /** Where a permission can be asked for; null for those who may not. */
  settingsHref: string | null
  /** Where in the members one is. */
  pager: ReactNode
}

/** One group: how far it was opened, what it holds, what it lies in, and who is directly in it. */
export function GroupView({ group, home, of, settingsHref, pager }: Props) {
  const path = `${home}/groups`
  const { says, next } = GROUP_WORDS[group.state]
  const asks = (group.state === 'not_asked' || group.state === 'flat') && settingsHref

  return (
    <section aria-labelledby="group-title" className="grid grid-cols-[minmax(0,1fr)] gap-6">
      <div>
        <Link
          href={path}
          prefetch={false}
          className="-ml-1 inline-flex items-center gap-1 rounded-md pr-1.5 text-sm text-ink-soft hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-4" />
          All groups
        </Link>
        <h2 id="group-title" dir="auto" className="mt-1 text-left text-xl font-semibold tracking-tight break-words">
          {group.name ?? 'A group without a known name'}
        </h2>
        <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-soft">
          <GroupState state={group.state} />
          <span className="tabular-nums">{reaches(group)}</span>
          <ShortId id={group.id} label="ID of the group" />
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
          <GroupGrants grants={group.held} of={of} />
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
                <GroupName group={parent} path={path} />
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      {isOpened(group.state) ? (
        <Part title={group.state === 'flat' ? 'Everyone in it' : 'Directly in it'}>
          {group.memberPage.rows.length > 0 ? (
            <>
              <GroupMembers rows={group.memberPage.rows} home={home} />
              {pager}
            </>
          ) : (
            <p className="text-sm text-ink-soft">Nobody: the group is empty, so its roles reach no one.</p>
          )}
        </Part>
      ) : null}
    </section>
  )
}

function reaches({ members, directMembers }: GroupDetails): string | null {
  if (members === null) return null
  const all = `reaches ${members.toLocaleString('en')} ${members === 1 ? 'member' : 'members'}`
  return directMembers === null ? all : `${all}; ${directMembers.toLocaleString('en')} directly in it`
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <h3 className="mb-2 font-medium">{title}</h3>
      {children}
    </div>
  )
}
