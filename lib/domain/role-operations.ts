/**
 * Control-plane operations that are called write, delete or action and yet change nothing that a role is given for.
 * Everything else that is no read counts as writing: most actions change something (restart, run a command), and those that
 * hand out keys or credentials (`listKeys`) allow whatever the key allows.
 */
export const NOT_WRITING: readonly string[] = [
  // Part of nearly every built-in role, whatever it is for. A deployment makes only what its maker may make without it.
  'Microsoft.Support/*',
  'Microsoft.Insights/alertRules/*',
  'Microsoft.Resources/deployments/*',
  'Microsoft.Resources/subscriptions/resourceGroups/deployments/*',

  // The outcome of an operation that somebody started.
  '*/operationResults/*',
  '*/operationStatuses/*',

  // Who is told of a backup vault's alerts (Backup Reader).
  'Microsoft.RecoveryServices/Vaults/monitoringConfigurations/*',
  'Microsoft.RecoveryServices/Vaults/monitoringAlerts/write',

  // A key that signs only for what its holder may do in any case.
  'Microsoft.Storage/storageAccounts/*/generateUserDelegationKey/action',

  // Questions that are sent with a body, and therefore as an action.
  '*/checkNameAvailability/action',
  '*/checkResourceUsage/action',
  '*/validateCustomDomain/action',
  'Microsoft.Carbon/carbonEmissionReports/action',
  'Microsoft.DataProtection/locations/checkFeatureSupport/action',
  'Microsoft.DataProtection/locations/getBackupStatus/action',
  'Microsoft.DataProtection/backupVaults/backupInstances/findRestorableTimeRanges/action',
  'Microsoft.DataProtection/subscriptions/resourceGroups/providers/locations/fetch*/action',
  'Microsoft.OperationalInsights/workspaces/analytics/query/action',
  'Microsoft.OperationalInsights/workspaces/search/action',
  'Microsoft.RecoveryServices/locations/backupCrrJob/action',
  'Microsoft.RecoveryServices/locations/backupCrrJobs/action',
  'Microsoft.RecoveryServices/locations/backupStatus/action',
  'Microsoft.RecoveryServices/locations/backupValidateFeatures/action',
  'Microsoft.RecoveryServices/Vaults/backupJobsExport/action',
  'Microsoft.ResourceHealth/events/action',
  'Microsoft.ResourceHealth/events/fetchEventDetails/action',
  'Microsoft.ResourceHealth/events/listSecurityAdvisoryImpactedResources/action',
  'Microsoft.SecurityInsights/dataConnectorsCheckRequirements/action',
  'Microsoft.SecurityInsights/threatIntelligence/indicators/query/action',
  'Microsoft.SecurityInsights/threatIntelligence/queryIndicators/action',
  'Microsoft.StreamAnalytics/locations/CompileQuery/action',
  'Microsoft.StreamAnalytics/locations/SampleInput/action',
  'Microsoft.StreamAnalytics/locations/TestQuery/action',

  // Downloads of Defender for IoT: all that Security Reader has besides reads.
  'Microsoft.IoTSecurity/defenderSettings/downloadManagerActivation/action',
  'Microsoft.IoTSecurity/defenderSettings/packageDownloads/action',
  'Microsoft.Security/iotDefenderSettings/downloadManagerActivation/action',
  'Microsoft.Security/iotDefenderSettings/packageDownloads/action',
  'Microsoft.Security/iotSensors/downloadResetPassword/action',
]

/**
 * The operations by which someone comes to hold a role: assigning it, active or eligible; changing what a role that is
 * already held allows; and the elevation of a Global Administrator to User Access Administrator at the root ("Delegate
 * Azure role assignment management"; "Assign Azure roles with PIM"; "Elevate access").
 */
export const GRANTING_OPERATIONS: readonly string[] = [
  'Microsoft.Authorization/roleAssignments/write',
  'Microsoft.Authorization/roleDefinitions/write',
  'Microsoft.Authorization/roleAssignmentScheduleRequests/write',
  'Microsoft.Authorization/roleEligibilityScheduleRequests/write',
  'Microsoft.Authorization/elevateAccess/action',
]

/**
 * Data-plane actions that read, or use without changing. Actions that remove what they read (receiving a message from
 * Service Bus, processing one from a queue) or that act in a person's name (signing in to a machine) are not among them.
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

/** Control-plane actions that hand out keys or addresses with which data can be read and nothing else. */
export const OPENS_DATA: readonly string[] = [
  'Microsoft.Compute/disks/beginGetAccess/action',
  'Microsoft.Compute/snapshots/beginGetAccess/action',
  'Microsoft.DocumentDB/databaseAccounts/readonlykeys/action',
  'Microsoft.Search/searchServices/listQueryKeys/action',
]
