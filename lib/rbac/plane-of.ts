import type { Permission } from '@/lib/domain/vocabulary'
import { covers } from './covers'

/** Managing resources, or what is inside them. */
export type Plane = 'control' | 'data'

/**
 * Operations on what is inside a resource that are often asked about, so that they are known as such though no role that
 * names them is held ("Azure resource provider operations", DataActions of Key Vault and Storage).
 */
const DATA_OPERATIONS = [
  'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  'Microsoft.KeyVault/vaults/secrets/setSecret/action',
  'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  'Microsoft.KeyVault/vaults/keys/*/action',
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*',
  'Microsoft.Storage/storageAccounts/fileServices/fileshares/files/*',
  'Microsoft.Storage/storageAccounts/queueServices/queues/messages/*',
  'Microsoft.Storage/storageAccounts/tableServices/tables/entities/*',
]

/**
 * Which plane an operation is most likely of. Azure knows most operations on one plane only, and a name does not tell; but
 * roles that name a provider's data operations do. A pattern that begins with a wildcard tells nothing.
 */
export function planeOf(operation: string, roles: Iterable<readonly Permission[]>): Plane {
  if (DATA_OPERATIONS.some((pattern) => covers(pattern, operation))) return 'data'
  const names = (patterns: string[]) =>
    patterns.some((pattern) => !pattern.startsWith('*') && covers(pattern, operation))
  let data = false
  for (const permissions of roles) {
    if (permissions.some(({ actions }) => names(actions))) return 'control'
    data ||= permissions.some(({ dataActions }) => names(dataActions))
  }
  return data ? 'data' : 'control'
}
