import { Ban, ListFilter } from 'lucide-react'
import Link from 'next/link'
import { RoleChip } from '@/components/access/role-chip'
import { ScopeLabel, type ScopeOf } from '@/components/access/scope-label'
import { Until } from '@/components/access/until'
import { Chip } from '@/components/ui/chip'
import type { MatchingGrant } from '@/db/queries/grants'
import { wordsOfCondition } from '@/lib/domain/condition-words'

type Props = {
  grant: MatchingGrant
  /** The names of the deny assignments that cut it. */
  denials: string[]
  of: ScopeOf
  groupsPath: string
}

/** One way to what is asked: the role, where, through which group, until when, on what condition, and what cuts it. */
export function GrantLine({ grant, denials, of, groupsPath }: Props) {
  const { roleId, roleName, privilege, custom, scope, level, kind, endsAt, groupId, groupName, condition } = grant
  return (
    <li className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
      <RoleChip name={roleName ?? roleId} privilege={privilege} custom={custom} eligible={kind === 'eligible'} />{' '}
      <ScopeLabel scope={scope} level={level} of={of} />{' '}
      {groupId ? (
        <span className="inline-flex max-w-full min-w-0 gap-1 text-ink-soft">
          <span className="shrink-0">through</span>{' '}
          <Link
            href={`${groupsPath}?group=${groupId}`}
            prefetch={false}
            dir="auto"
            title={`Through the group ${groupName ?? groupId}`}
            className="min-w-0 truncate hover:underline"
          >
            {groupName ?? `Group ${groupId.slice(0, 8)}`}
          </Link>
        </span>
      ) : (
        <span className="text-ink-soft">directly</span>
      )}
      <Until kind={kind} endsAt={endsAt} />
      {condition ? (
        <Chip icon={<ListFilter aria-hidden />} title={wordsOfCondition(condition) ?? condition}>
          on a condition
        </Chip>
      ) : null}
      {denials.map((name) => (
        <Chip key={name} tone="bad" icon={<Ban aria-hidden />} title={`Denied by ${name}`}>
          denied by <bdi>{name}</bdi>
        </Chip>
      ))}
    </li>
  )
}
