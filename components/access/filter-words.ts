import type { ChosenFilter } from '@/lib/domain/filter-options'
import { scopeLevel, scopeWords } from '@/lib/domain/scopes'
import type { AccessView } from '@/lib/domain/views'
import { roleWords } from '@/lib/domain/words'
import { HELD_LABELS, HOW_LABELS, SCOPE_LEVEL_LABELS, statusLabel } from './labels'
import type { ScopeOf } from './scope-label'

type Listed = { who: 'people' | 'others'; of: ScopeOf }
type Described = Listed & { view: AccessView; roles: { id: string; name: string | null }[] }

/** What a filter of a list is set to, in words; null where it is not set. */
export function describeFilter(by: ChosenFilter, { view, who, roles, of }: Described): string | null {
  switch (by) {
    case 'role':
      return describeRoles(view.roleIds, roles)
    case 'scope':
      return joined([view.scope && scopeName(view.scope, of), view.level && levelWords(view.level)])
    case 'how':
      return view.how && HOW_LABELS[view.how]
    case 'held':
      return view.held && HELD_LABELS[view.held]
    case 'status':
      return describeStatus(view, who)
  }
}

/** What the filter by the state of an account is set to, in words; null where it is not set. */
export function describeStatus(
  { status, notStatus, guest }: Pick<AccessView, 'status' | 'notStatus' | 'guest'>,
  who: Listed['who'],
): string | null {
  return joined([
    status && statusLabel(status, who),
    ...notStatus.map((one) => notWords(one, who)),
    guestWords({ guest }),
  ])
}

/** What the filter by roles is set to, in words; null where it is not set. */
export function describeRoles(ids: string[], roles: Described['roles']): string | null {
  const [first, ...more] = ids
  if (first === undefined) return null
  if (more.length > 0) return `${ids.length} roles`
  return roleWords(roles.find(({ id }) => id === first) ?? { id: first, name: null })
}

const joined = (parts: (string | null)[]): string | null => parts.filter(Boolean).join(', ') || null
const levelWords = (level: NonNullable<AccessView['level']>) =>
  level === 'root' ? 'At the whole directory' : `At a ${SCOPE_LEVEL_LABELS[level].toLowerCase()}`

function notWords(status: AccessView['notStatus'][number], who: Listed['who']): string {
  const label = statusLabel(status, who)
  return label.startsWith('Not ') ? `Without “${label}”` : `Not ${label.toLowerCase()}`
}

const guestWords = ({ guest }: Pick<AccessView, 'guest'>) => guest && (guest === 'only' ? 'Guest' : 'Not a guest')

const scopeName = (scope: string, of: ScopeOf): string => scopeWords({ scope, level: scopeLevel(scope), ...of }).name

type Choice = { change: Partial<AccessView>; roleName?: string | null }

/** One of the things that a filter can be set to, in words, with a second line where the first may not be enough. */
export function describeChoice({ change, roleName = null }: Choice, { who, of }: Listed) {
  const plain = (label: string) => ({ label, detail: null })
  const [roleId] = change.roleIds ?? []
  if (roleId !== undefined) return plain(roleWords({ id: roleId, name: roleName }))
  if (change.scope)
    return {
      label: scopeName(change.scope, of),
      detail: `${SCOPE_LEVEL_LABELS[scopeLevel(change.scope)]}: acting there, held at it or above`,
    }
  if (change.level) return { label: levelWords(change.level), detail: 'Wherever it is, the role is held at that level' }
  if (change.how) return plain(HOW_LABELS[change.how])
  if (change.held) return plain(HELD_LABELS[change.held])
  if (change.status) return plain(statusLabel(change.status, who))
  return plain(
    joined([
      ...(change.notStatus ?? []).map((status) => notWords(status, who)),
      guestWords({ guest: change.guest ?? null }),
    ]) ?? '',
  )
}
