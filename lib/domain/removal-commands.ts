import type { PersonAccess } from './access'
import type { Removal } from './removals'

/** Where a removal is done by hand: on the page of a group's members, or on the one that controls the access at a scope. */
export type RemovalPage = { kind: 'group'; groupId: string } | { kind: 'scope'; scope: string }

/**
 * The command of the Azure CLI that carries a removal out (`az role assignment delete` and `az ad group member remove`). Null where one
 * command cannot: what Privileged Identity Management made is ended there, a delegation by who gave it, and of a flat group it is not
 * known which membership leads into it. It becomes part of a shell, so a scope with letters that a shell would read as its own has none.
 */
export function removalCommand(access: PersonAccess, removal: Removal): string | null {
  if (removal.kind === 'membership') {
    const { groupId, memberId, membership } = removal
    const isDirect = !access.flat.includes(groupId) || memberId !== access.person.id
    if (membership !== 'active' || !isDirect || !isPlain(groupId) || !isPlain(memberId)) return null
    return `az ad group member remove --group ${groupId} --member-id ${memberId}`
  }
  const grant = access.grants.find(({ key }) => key === removal.key)
  const name = removal.key.split(' ').at(-1) ?? ''
  if (grant?.kind !== 'active' || grant.principalKind === 'delegate') return null
  if (!isPlain(grant.scope) || !isPlain(name)) return null
  const scope = grant.scope === '/' ? '' : grant.scope
  return `az role assignment delete --ids "${scope}/providers/Microsoft.Authorization/roleAssignments/${name}"`
}

/** The page of Microsoft's portals on which a removal is done by hand; null for management groups and the root, whose page has no address. */
export function removalPage(access: PersonAccess, removal: Removal): RemovalPage | null {
  if (removal.kind === 'membership') return { kind: 'group', groupId: removal.groupId }
  const grant = access.grants.find(({ key }) => key === removal.key)
  if (!grant || grant.level === 'root' || grant.level === 'management_group') return null
  return { kind: 'scope', scope: grant.scope }
}

/** Letters that mean nothing to a shell between double quotes. */
const isPlain = (text: string): boolean => /^[\w./() -]+$/.test(text)
