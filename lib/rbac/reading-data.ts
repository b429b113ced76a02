/**
 * Data-plane actions that read, or use without changing. What takes something away as it reads (a message received from
 * Service Bus, processed from a queue) and what acts in a person's name (a sign-in to a machine) is not among them.
 */
export const READING_DATA: readonly string[] = [
  'Microsoft.Dashboard/grafana/ActAsGrafanaViewer/action',
  'Microsoft.DigitalTwins/query/action',
  'Microsoft.EventHub/*/receive/action',
  'Microsoft.HealthcareApis/*/resources/export/action',
  'Microsoft.KeyVault/vaults/certificates/backup/action',
  'Microsoft.KeyVault/vaults/keys/backup/action',
  'Microsoft.KeyVault/vaults/keys/decrypt/action',
  'Microsoft.KeyVault/vaults/keys/encrypt/action',
  'Microsoft.KeyVault/vaults/keys/release/action',
  'Microsoft.KeyVault/vaults/keys/sign/action',
  'Microsoft.KeyVault/vaults/keys/unwrap/action',
  'Microsoft.KeyVault/vaults/keys/verify/action',
  'Microsoft.KeyVault/vaults/keys/wrap/action',
  'Microsoft.KeyVault/vaults/secrets/backup/action',
  'Microsoft.KeyVault/vaults/secrets/getSecret/action',
  'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/filter/action',
  'Microsoft.Storage/storageAccounts/fileServices/readFileBackupSemantics/action',
]
