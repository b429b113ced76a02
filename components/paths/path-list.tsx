import { ChevronRight } from 'lucide-react'
import type { PersonAccess } from '@/db/queries/person-access'
import { MOST_PATHS, type RoleAccess } from '@/lib/domain/access-paths'
import { PathSteps } from './path-steps'

type Props = { access: PersonAccess; role: RoleAccess; scopeName: string; groupsPath: string; id: string }

/** Ways shown before the rest is folded away. */
const UNFOLDED = 8

/** Every way to a role as a list; each way is itself a list of its steps. */
export function PathList({ access, role, scopeName, groupsPath, id }: Props) {
  const { paths, truncated } = role
  const item = (path: (typeof paths)[number]) => (
    <li key={`${path.grant.key} ${path.groups.map((group) => group.id).join(' ')}`} className="py-1.5">
      <PathSteps access={access} path={path} role={role} scopeName={scopeName} groupsPath={groupsPath} />
    </li>
  )
  const rest = paths.slice(UNFOLDED)

  return (
    <div className="mt-3 text-sm">
      <h4 id={id} className="text-xs text-ink-faint">
        {count(paths.length, truncated)}
      </h4>
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
    </div>
  )
}

function count(ways: number, truncated: boolean): string {
  if (truncated) return `The first ${MOST_PATHS} ways; there are more`
  return ways === 1 ? 'One way' : `${ways.toLocaleString('en')} ways`
}
