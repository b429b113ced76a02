/** An operation of Azure with the words in which people ask for it. */
export type KnownOperation = {
  /** What it does, as the end of "Who can …?". */
  words: string
  operation: string
  /** More words by which it is looked for. */
  also?: string
}

/**
 * The operations that people ask about, by the names of Azure's documents ("Azure resource provider operations"). Any other can be asked
 * about by its full name.
 */
export const KNOWN_OPERATIONS: readonly KnownOperation[] = [
  {
    words: 'Grant access',
    operation: 'Microsoft.Authorization/roleAssignments/write',
    also: 'give assign role permission',
  },
  {
    words: 'Take access away',
    operation: 'Microsoft.Authorization/roleAssignments/delete',
    also: 'remove revoke role',
  },
  {
    words: 'Create or change a custom role',
    operation: 'Microsoft.Authorization/roleDefinitions/write',
    also: 'definition',
  },
  { words: 'Assign a policy', operation: 'Microsoft.Authorization/policyAssignments/write' },
  { words: 'Remove a lock', operation: 'Microsoft.Authorization/locks/delete', also: 'unlock delete' },
  {
    words: 'Create a resource group',
    operation: 'Microsoft.Resources/subscriptions/resourceGroups/write',
    also: 'change',
  },
  {
    words: 'Delete a resource group',
    operation: 'Microsoft.Resources/subscriptions/resourceGroups/delete',
    also: 'remove',
  },
  { words: 'Deploy a template', operation: 'Microsoft.Resources/deployments/write', also: 'bicep arm deployment' },
  { words: 'Cancel the subscription', operation: 'Microsoft.Subscription/cancel/action' },
  { words: 'Open a support ticket', operation: 'Microsoft.Support/supportTickets/write', also: 'request create' },

  {
    words: 'Read a secret’s value',
    operation: 'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    also: 'key vault password',
  },
  {
    words: 'Write a secret',
    operation: 'Microsoft.KeyVault/vaults/secrets/setSecret/action',
    also: 'key vault set change create',
  },
  { words: 'Delete a secret', operation: 'Microsoft.KeyVault/vaults/secrets/delete', also: 'key vault remove' },
  { words: 'Decrypt with a key', operation: 'Microsoft.KeyVault/vaults/keys/decrypt/action', also: 'key vault' },
  { words: 'Sign with a key', operation: 'Microsoft.KeyVault/vaults/keys/sign/action', also: 'key vault' },
  { words: 'Create or change a key vault', operation: 'Microsoft.KeyVault/vaults/write' },
  { words: 'Delete a key vault', operation: 'Microsoft.KeyVault/vaults/delete', also: 'remove' },
  { words: 'Change the access policies of a key vault', operation: 'Microsoft.KeyVault/vaults/accessPolicies/write' },

  { words: 'Create or change a storage account', operation: 'Microsoft.Storage/storageAccounts/write' },
  { words: 'Delete a storage account', operation: 'Microsoft.Storage/storageAccounts/delete', also: 'remove' },
  {
    words: 'List storage keys',
    operation: 'Microsoft.Storage/storageAccounts/listKeys/action',
    also: 'read account key',
  },
  {
    words: 'Renew storage keys',
    operation: 'Microsoft.Storage/storageAccounts/regenerateKey/action',
    also: 'regenerate rotate account',
  },
  {
    words: 'Read blobs',
    operation: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
    also: 'storage files data download',
  },
  {
    words: 'Write blobs',
    operation: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write',
    also: 'storage files data upload change',
  },
  {
    words: 'Delete blobs',
    operation: 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete',
    also: 'storage files data remove',
  },
  {
    words: 'Delete a blob container',
    operation: 'Microsoft.Storage/storageAccounts/blobServices/containers/delete',
    also: 'storage remove',
  },
  {
    words: 'Read files of a share',
    operation: 'Microsoft.Storage/storageAccounts/fileServices/fileshares/files/read',
    also: 'storage data',
  },
  {
    words: 'Read messages of a storage queue',
    operation: 'Microsoft.Storage/storageAccounts/queueServices/queues/messages/read',
    also: 'data',
  },

  {
    words: 'Create or change a virtual machine',
    operation: 'Microsoft.Compute/virtualMachines/write',
    also: 'vm server',
  },
  {
    words: 'Delete a virtual machine',
    operation: 'Microsoft.Compute/virtualMachines/delete',
    also: 'vm server remove',
  },
  { words: 'Start a virtual machine', operation: 'Microsoft.Compute/virtualMachines/start/action', also: 'vm server' },
  {
    words: 'Stop a virtual machine',
    operation: 'Microsoft.Compute/virtualMachines/deallocate/action',
    also: 'vm server deallocate',
  },
  {
    words: 'Restart a virtual machine',
    operation: 'Microsoft.Compute/virtualMachines/restart/action',
    also: 'vm server reboot',
  },
  {
    words: 'Run a command on a virtual machine',
    operation: 'Microsoft.Compute/virtualMachines/runCommand/action',
    also: 'vm server execute script',
  },
  {
    words: 'Sign in to a virtual machine',
    operation: 'Microsoft.Compute/virtualMachines/login/action',
    also: 'vm server log ssh rdp',
  },
  {
    words: 'Sign in to a virtual machine as administrator',
    operation: 'Microsoft.Compute/virtualMachines/loginAsAdmin/action',
    also: 'vm server log root ssh rdp admin',
  },
  { words: 'Download a disk', operation: 'Microsoft.Compute/disks/beginGetAccess/action', also: 'export copy' },
  { words: 'Delete a disk', operation: 'Microsoft.Compute/disks/delete', also: 'remove' },

  { words: 'Change a virtual network', operation: 'Microsoft.Network/virtualNetworks/write', also: 'vnet create' },
  { words: 'Delete a virtual network', operation: 'Microsoft.Network/virtualNetworks/delete', also: 'vnet remove' },
  {
    words: 'Change the rules of a network security group',
    operation: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
    also: 'nsg firewall open port',
  },
  { words: 'Create or change a public IP address', operation: 'Microsoft.Network/publicIPAddresses/write' },
  { words: 'Change a firewall', operation: 'Microsoft.Network/azureFirewalls/write', also: 'azure create' },
  { words: 'Change a DNS zone', operation: 'Microsoft.Network/dnsZones/write', also: 'domain name create' },

  {
    words: 'Get the administrator’s credentials of a Kubernetes cluster',
    operation: 'Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action',
    also: 'aks admin kubeconfig',
  },
  {
    words: 'Get a user’s credentials of a Kubernetes cluster',
    operation: 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
    also: 'aks kubeconfig',
  },
  {
    words: 'Create or change a Kubernetes cluster',
    operation: 'Microsoft.ContainerService/managedClusters/write',
    also: 'aks',
  },
  {
    words: 'Delete a Kubernetes cluster',
    operation: 'Microsoft.ContainerService/managedClusters/delete',
    also: 'aks remove',
  },
  {
    words: 'Push an image to a container registry',
    operation: 'Microsoft.ContainerRegistry/registries/push/write',
    also: 'acr docker',
  },
  {
    words: 'Pull an image from a container registry',
    operation: 'Microsoft.ContainerRegistry/registries/pull/read',
    also: 'acr docker',
  },

  { words: 'Create or change a web app', operation: 'Microsoft.Web/sites/write', also: 'website function site deploy' },
  { words: 'Delete a web app', operation: 'Microsoft.Web/sites/delete', also: 'website function site remove' },
  { words: 'Restart a web app', operation: 'Microsoft.Web/sites/restart/action', also: 'website function site' },
  {
    words: 'Read the settings and connection strings of a web app',
    operation: 'Microsoft.Web/sites/config/list/action',
    also: 'website function site configuration',
  },
  {
    words: 'Get the publishing credentials of a web app',
    operation: 'Microsoft.Web/sites/publishxml/action',
    also: 'website function site profile',
  },

  { words: 'Create or change a SQL server', operation: 'Microsoft.Sql/servers/write', also: 'database' },
  { words: 'Delete a SQL database', operation: 'Microsoft.Sql/servers/databases/delete', also: 'remove' },
  {
    words: 'Open the firewall of a SQL server',
    operation: 'Microsoft.Sql/servers/firewallRules/write',
    also: 'database change rule',
  },
  {
    words: 'Change the administrator of a SQL server',
    operation: 'Microsoft.Sql/servers/administrators/write',
    also: 'database admin',
  },
  {
    words: 'List the keys of a Cosmos DB account',
    operation: 'Microsoft.DocumentDB/databaseAccounts/listKeys/action',
    also: 'read database',
  },
  {
    words: 'Delete a Cosmos DB account',
    operation: 'Microsoft.DocumentDB/databaseAccounts/delete',
    also: 'database remove',
  },
  { words: 'List the keys of a Redis cache', operation: 'Microsoft.Cache/redis/listKeys/action', also: 'read' },

  {
    words: 'Use a managed identity',
    operation: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
    also: 'assign attach user',
  },
  {
    words: 'Let an outside system use a managed identity',
    operation: 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write',
    also: 'federated credential workload',
  },
  {
    words: 'List the keys of an AI service',
    operation: 'Microsoft.CognitiveServices/accounts/listKeys/action',
    also: 'openai cognitive read',
  },
  {
    words: 'Run a runbook',
    operation: 'Microsoft.Automation/automationAccounts/jobs/write',
    also: 'automation start job',
  },

  {
    words: 'Query logs',
    operation: 'Microsoft.OperationalInsights/workspaces/query/read',
    also: 'log analytics read search',
  },
  {
    words: 'Stop a resource’s diagnostic logs',
    operation: 'Microsoft.Insights/diagnosticSettings/delete',
    also: 'turn off monitoring delete setting',
  },
  { words: 'Switch Defender plans on or off', operation: 'Microsoft.Security/pricings/write', also: 'security center' },
  {
    words: 'Delete a backup vault',
    operation: 'Microsoft.RecoveryServices/vaults/delete',
    also: 'recovery services remove',
  },
]

/** Words that say nothing about which operation is meant. */
const FILLERS = new Set([
  'a',
  'an',
  'the',
  'of',
  'to',
  'in',
  'on',
  'and',
  'or',
  'who',
  'can',
  'my',
  'our',
  'any',
  'some',
  'is',
  'able',
])

const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !FILLERS.has(word) && word !== 's')

/** Words that begin a question, and words that say something of an operation: of a single one it is too early to know what is meant. */
const QUESTION = /^\s*who\s+can\b/i
const FEWEST_WORDS = 2

/** The operations that a text asks about which may as well be a name: by "who can" at its beginning, or by two words that say something. */
export function suggestQuestions(typed: string, most: number): KnownOperation[] {
  return QUESTION.test(typed) || wordsOf(typed).length >= FEWEST_WORDS ? suggestOperations(typed, most) : []
}

/** Whether a word was begun, in the singular or the plural. */
const isBegun = (word: string, typed: string): boolean =>
  word.startsWith(typed) || (typed.length > 3 && typed.endsWith('s') && word.startsWith(typed.slice(0, -1)))

/**
 * The operations that plain words may mean, the closest first: those of which every word that was typed, but for fillers, begins a word
 * that is known for it or a part of its name. Those whose own words say it come before those that are only known for it, and shorter ones
 * before longer.
 */
export function suggestOperations(typed: string, most = 6): KnownOperation[] {
  const sought = wordsOf(typed)
  // Whoever writes a part of a name means that name, and is told what is wrong about it.
  if (sought.length === 0 || /[/*]/.test(typed)) return []
  const found = KNOWN_OPERATIONS.flatMap((known) => {
    const own = wordsOf(known.words)
    const all = [...own, ...wordsOf(known.also ?? ''), ...wordsOf(known.operation)]
    if (!sought.every((typedWord) => all.some((word) => isBegun(word, typedWord)))) return []
    const missing = sought.filter((typedWord) => !own.some((word) => isBegun(word, typedWord))).length
    return [{ known, missing, length: own.length }]
  })
  return found
    .toSorted((one, other) => one.missing - other.missing || one.length - other.length)
    .slice(0, most)
    .map(({ known }) => known)
}
