import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { RoleChip } from '@/components/access/role-chip'
import type { PersonAccess } from '@/db/queries/person-access'
import type { Path, RoleAccess } from '@/lib/domain/access-paths'
import { dateWords } from '@/lib/domain/words'
import { GroupName } from './group-name'

type Props = { access: PersonAccess; path: Path; role: RoleAccess; scopeName: string; groupsPath: string }

/** One way, step by step: the person, each group, the role, its scope, the subscription. */
export function PathSteps({ access, path, role, scopeName, groupsPath }: Props) {
  const { person, groups, subscription } = access
  const above = role.level === 'root' || role.level === 'management_group'

  return (
    <ol className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
      <Step first>
        <PersonName person={person} />
      </Step>
      {path.groups.map(({ id, since }) => (
        <Step key={id}>
          <GroupName id={id} name={groups.find((group) => group.id === id)?.name ?? null} groupsPath={groupsPath} />{' '}
          <span className="text-xs text-ink-faint">
            {since ? `since ${dateWords(since)}` : 'in it, or in a group inside it that is not known'}
          </span>
        </Step>
      ))}
      <Step>
        <RoleChip
          name={role.roleName ?? role.roleId}
          privilege={role.privilege}
          custom={role.custom}
          eligible={role.kind === 'eligible'}
        />
      </Step>
      <Step>
        <bdi className="break-words">{scopeName}</bdi>
      </Step>
      {above ? (
        <Step>
          <bdi className="break-words">{subscription.name}</bdi>
        </Step>
      ) : null}
    </ol>
  )
}

function PersonName({ person }: { person: PersonAccess['person'] }) {
  const name = person.name ?? person.email ?? person.userPrincipalName ?? person.id
  if (person.kind !== 'user') return <bdi className="break-words">{name}</bdi>
  return (
    <Link href={`/people/${person.id}`} prefetch={false} dir="auto" className="break-words hover:underline">
      {name}
    </Link>
  )
}

function Step({ first = false, children }: { first?: boolean; children: ReactNode }) {
  return (
    <li className="flex max-w-full min-w-0 items-center gap-1.5">
      {first ? null : <ChevronRight aria-hidden className="size-3.5 shrink-0 text-ink-faint" />}
      <span className="min-w-0 wrap-anywhere">{children}</span>
    </li>
  )
}
