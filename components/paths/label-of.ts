import type { PersonAccess } from '@/db/queries/person-access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import type { LaidNode } from '@/lib/domain/paths-layout'
import type { ScopeLevel } from '@/lib/domain/vocabulary'

type Of = { access: PersonAccess; role: RoleAccess; scopeName: string }

const LEVELS: Record<ScopeLevel, string> = {
  root: 'Whole directory',
  management_group: 'Management group',
  subscription: 'Subscription',
  resource_group: 'Resource group',
  resource: 'Resource',
}
const KINDS = { active: 'Role', activated: 'Activated role', eligible: 'Eligible role' }

/** What a node of the picture says: what it is, and what it is called. */
export function labelOf(node: LaidNode, { access, role, scopeName }: Of): { says: string; name: string } {
  const { person, groups, subscription } = access
  switch (node.kind) {
    case 'person':
      return {
        says: person.kind === 'user' ? 'Person' : 'Principal',
        name: person.name ?? person.email ?? person.userPrincipalName ?? person.id,
      }
    case 'group':
      return { says: 'Group', name: groups.find(({ id }) => id === node.groupId)?.name ?? node.groupId ?? '' }
    case 'role':
      return { says: KINDS[role.kind], name: role.roleName ?? role.roleId }
    case 'scope':
      return { says: LEVELS[role.level], name: scopeName }
    case 'subscription':
      return { says: 'Subscription', name: subscription.name }
  }
}
