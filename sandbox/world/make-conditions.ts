import type { Random } from './random'
import { roleIdOf } from './roles'

const CONTAINERS = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const ASSIGNABLE = `{${roleIdOf('Reader')}, ${roleIdOf('Virtual Machine Contributor')}}`
const DELEGATED = (
  [
    ['write', '@Request'],
    ['delete', '@Resource'],
  ] as const
)
  .map(
    ([action, source]) =>
      `((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals ${ASSIGNABLE}))`,
  )
  .join(' AND ')

/** Conditions of the forms Azure's documentation shows, each with a role it can stand on. */
const CONDITIONS: readonly { roleId: string; condition: string }[] = [
  {
    roleId: roleIdOf('Storage Blob Data Reader'),
    condition: `((!(ActionMatches{'${CONTAINERS}/blobs/read'} AND NOT SubOperationMatches{'Blob.List'})) OR (@Resource[${CONTAINERS}/blobs/tags:Project<$key_case_sensitive$>] StringEquals 'Cascade'))`,
  },
  {
    roleId: roleIdOf('Storage Blob Data Contributor'),
    condition: `((!(ActionMatches{'${CONTAINERS}/blobs/write'})) OR (@Resource[${CONTAINERS}:name] StringEquals 'uploads'))`,
  },
  { roleId: roleIdOf('Role Based Access Control Administrator'), condition: DELEGATED },
]

/** A role and a condition that fits it. */
export function pickCondition(random: Random): { roleId: string; condition: string } {
  return random.pick(CONDITIONS)
}
