import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { GroupName, MembershipChip } from '@/components/access/group-name'
import { NotReadSince } from '@/components/access/holder-cells'
import { RoleChip } from '@/components/access/role-chip'
import { Name } from '@/components/ui/name'
import type { PersonAccess } from '@/lib/domain/access'
import { type Hop, MOST_PATHS, type Path, type RoleAccess } from '@/lib/domain/access-paths'
import { keepMoment } from '@/lib/domain/as-of'
import { isInherited } from '@/lib/domain/scopes'
import { dateWords } from '@/lib/domain/words'

type Props = {
  access: PersonAccess
  role: RoleAccess
  scopeName: string
  groupsPath: string
  at: string
  id: string
  /** Set where a picture says the same: the list is opened by whoever wants it. */
  folded: boolean
}

/** How many paths are shown before the rest is folded away. */
const UNFOLDED = 8

/** All paths to a role as a list, each of them a list of its steps. */
export function PathList({ access, role, scopeName, groupsPath, at, id, folded }: Props) {
  const { paths, truncated } = role
  const item = (path: (typeof paths)[number]) => (
    <li
      key={`${path.grant.key} ${path.groups.map((group) => `${group.id} ${group.membership}`).join(' ')}`}
      className="py-1.5"
    >
      <PathSteps access={access} path={path} role={role} scopeName={scopeName} groupsPath={groupsPath} at={at} />
    </li>
  )
  const rest = paths.slice(UNFOLDED)

  const list = (
    <>
      <ul aria-labelledby={id} className="divide-y divide-line">
        {paths.slice(0, UNFOLDED).map(item)}
      </ul>
      {rest.length > 0 ? (
        <details className="group mt-1.5">
          <summary className="inline-flex items-center gap-1 rounded-md font-medium">
            <ChevronRight aria-hidden className="size-4 text-ink-soft transition-transform group-open:rotate-90" />
            {rest.length.toLocaleString('en')} more
          </summary>
          <ul aria-label="More ways" className="mt-1 divide-y divide-line">
            {rest.map(item)}
          </ul>
        </details>
      ) : null}
    </>
  )
  const heading = (
    <h3 id={id} className="inline text-xs font-normal text-ink-faint">
      {countPaths(paths.length, truncated)}
    </h3>
  )
  if (!folded)
    return (
      <div className="mt-3 text-sm">
        {heading}
        {list}
      </div>
    )
  return (
    <details className="group/list mt-2 text-sm">
      <summary className="-ml-1 inline-flex items-center gap-1 rounded-md pr-1 hover:text-ink">
        <ChevronRight
          aria-hidden
          className="size-4 text-ink-faint transition-transform group-open/list:rotate-90 print:hidden"
        />
        {heading} <span className="text-xs text-ink-faint print:hidden">as a list</span>
      </summary>
      {list}
    </details>
  )
}

function countPaths(paths: number, truncated: boolean): string {
  if (truncated) return `The first ${MOST_PATHS} ways; there are more`
  return paths === 1 ? 'One way' : `${paths.toLocaleString('en')} ways`
}

type PathStepsProps = Omit<Props, 'id' | 'folded'> & { path: Path }

/** One path, step by step: the person, each group, the role, its scope, the subscription. */
function PathSteps({ access, path, role, scopeName, groupsPath, at }: PathStepsProps) {
  const { person, groups, subscription } = access

  return (
    <ol className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
      <Step first>
        <PersonName person={person} at={at} />
      </Step>
      {path.groups.map((hop) => (
        <Step key={hop.id}>
          {hop.membership === 'eligible' ? <span className="text-eligible">can become a member of </span> : null}
          <GroupName
            group={groups.find((group) => group.id === hop.id) ?? { id: hop.id, name: null }}
            groupsPath={groupsPath}
            at={at}
          />{' '}
          <HopFacts hop={hop} />
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
        <Name of={scopeName} />
      </Step>
      {isInherited(role.level) ? (
        <Step>
          <Name of={subscription.name} />
        </Step>
      ) : null}
    </ol>
  )
}

/** Since when a membership is known, how it is held where that is out of the ordinary, and its age where it was not read now. */
function HopFacts({ hop: { since, membership, endsAt, readAt } }: { hop: Hop }) {
  return (
    <span className="text-xs text-ink-faint">
      {membership === 'active' && endsAt === null ? null : (
        <>
          <MembershipChip membership={membership} endsAt={endsAt} />{' '}
        </>
      )}
      {since ? `seen since ${dateWords(since)}` : 'in it, or in a group inside it that is not known'}
      {readAt ? (
        <>
          {' '}
          <NotReadSince at={readAt} />
        </>
      ) : null}
    </span>
  )
}

function PersonName({ person, at }: { person: PersonAccess['person']; at: string }) {
  const name = person.name ?? person.email ?? person.userPrincipalName ?? person.id
  if (person.kind !== 'user') return <Name of={name} />
  return (
    <Link href={keepMoment(`/people/${person.id}`, at)} prefetch={false} className="hover:underline">
      <Name of={name} />
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
