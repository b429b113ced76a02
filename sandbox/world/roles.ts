import type { Permission, RoleDefinition } from './types'

type Row = [id: string, name: string, description: string, ...parts: [Partial<Permission>]]

const READ = '*/read'
const ALERTS = 'Microsoft.Insights/alertRules/*'
const DEPLOY = 'Microsoft.Resources/deployments/*'
const GROUPS = 'Microsoft.Resources/subscriptions/resourceGroups/read'
const ROLES = 'Microsoft.Authorization/*/read'
const HEALTH = 'Microsoft.ResourceHealth/availabilityStatuses/read'
const SUPPORT = 'Microsoft.Support/*'
const COMMON = [ROLES, ALERTS, DEPLOY, GROUPS, SUPPORT]
const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers'
const QUEUES = 'Microsoft.Storage/storageAccounts/queueServices/queues'
const TABLES = 'Microsoft.Storage/storageAccounts/tableServices/tables'

/** Built-in roles under their true ids. Source: Microsoft's "Azure built-in roles"; actions of the common ones whole. */
const BUILT_IN: Row[] = [
  [
    '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    'Owner',
    'Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.',
    { actions: ['*'] },
  ],
  [
    'b24988ac-6180-42a0-ab88-20f7382dd24c',
    'Contributor',
    'Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC, manage assignments in Azure Blueprints, or share image galleries.',
    {
      actions: ['*'],
      notActions: [
        'Microsoft.Authorization/*/Delete',
        'Microsoft.Authorization/*/Write',
        'Microsoft.Authorization/elevateAccess/Action',
        'Microsoft.Blueprint/blueprintAssignments/write',
        'Microsoft.Blueprint/blueprintAssignments/delete',
        'Microsoft.Compute/galleries/share/action',
      ],
    },
  ],
  [
    'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    'Reader',
    'View all resources, but does not allow you to make any changes.',
    { actions: [READ] },
  ],
  [
    '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    'User Access Administrator',
    'Lets you manage user access to Azure resources.',
    { actions: [READ, 'Microsoft.Authorization/*', SUPPORT] },
  ],
  [
    'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    'Role Based Access Control Administrator',
    'Manage access to Azure resources by assigning roles using Azure RBAC. This role does not allow you to manage access using other ways, such as Azure Policy.',
    {
      actions: [
        'Microsoft.Authorization/roleAssignments/write',
        'Microsoft.Authorization/roleAssignments/delete',
        READ,
        SUPPORT,
      ],
    },
  ],
  [
    '17d1049b-9a84-46fb-8f53-869881c3d3ab',
    'Storage Account Contributor',
    'Lets you manage storage accounts, including accessing storage account keys which provide full access to storage account data.',
    {
      actions: [
        ...COMMON,
        HEALTH,
        'Microsoft.Insights/diagnosticSettings/*',
        'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action',
        'Microsoft.Storage/storageAccounts/*',
      ],
    },
  ],
  [
    'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
    'Storage Blob Data Owner',
    'Allows for full access to Azure Storage blob containers and data, including assigning POSIX access control.',
    {
      actions: [`${BLOBS}/*`, 'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'],
      dataActions: [`${BLOBS}/blobs/*`],
    },
  ],
  [
    'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    'Storage Blob Data Contributor',
    'Allows for read, write and delete access to Azure Storage blob containers and data',
    {
      actions: [
        `${BLOBS}/delete`,
        `${BLOBS}/read`,
        `${BLOBS}/write`,
        'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action',
      ],
      dataActions: [
        `${BLOBS}/blobs/delete`,
        `${BLOBS}/blobs/read`,
        `${BLOBS}/blobs/write`,
        `${BLOBS}/blobs/move/action`,
        `${BLOBS}/blobs/add/action`,
      ],
    },
  ],
  [
    '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1',
    'Storage Blob Data Reader',
    'Allows for read access to Azure Storage blob containers and data',
    {
      actions: [`${BLOBS}/read`, 'Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'],
      dataActions: [`${BLOBS}/blobs/read`],
    },
  ],
  [
    '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
    'Storage Queue Data Contributor',
    'Allows for read, write, and delete access to Azure Storage queues and queue messages',
    {
      actions: [`${QUEUES}/delete`, `${QUEUES}/read`, `${QUEUES}/write`],
      dataActions: [
        `${QUEUES}/messages/delete`,
        `${QUEUES}/messages/read`,
        `${QUEUES}/messages/write`,
        `${QUEUES}/messages/process/action`,
      ],
    },
  ],
  [
    '19e7f393-937e-4f77-808e-94535e297925',
    'Storage Queue Data Reader',
    'Allows for read access to Azure Storage queues and queue messages',
    { actions: [`${QUEUES}/read`], dataActions: [`${QUEUES}/messages/read`] },
  ],
  [
    '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
    'Storage Table Data Contributor',
    'Allows for read, write and delete access to Azure Storage tables and entities',
    {
      actions: [`${TABLES}/read`, `${TABLES}/write`, `${TABLES}/delete`],
      dataActions: [
        `${TABLES}/entities/read`,
        `${TABLES}/entities/write`,
        `${TABLES}/entities/delete`,
        `${TABLES}/entities/add/action`,
        `${TABLES}/entities/update/action`,
      ],
    },
  ],
  [
    '76199698-9eea-4c19-bc75-cec21354c6b6',
    'Storage Table Data Reader',
    'Allows for read access to Azure Storage tables and entities',
    { actions: [`${TABLES}/read`], dataActions: [`${TABLES}/entities/read`] },
  ],
  [
    '9980e02c-c2be-4d73-94e8-173b1dc7cf3c',
    'Virtual Machine Contributor',
    'Create and manage virtual machines, manage disks, install and run software, reset password of the root user of the virtual machine using VM extensions, and manage local user accounts using VM extensions.',
    {
      actions: [
        ...COMMON,
        HEALTH,
        'Microsoft.Compute/availabilitySets/*',
        'Microsoft.Compute/virtualMachines/*',
        'Microsoft.Compute/virtualMachineScaleSets/*',
        'Microsoft.Compute/disks/write',
        'Microsoft.Compute/disks/read',
        'Microsoft.Compute/disks/delete',
        'Microsoft.Network/networkInterfaces/*',
        'Microsoft.Network/virtualNetworks/read',
        'Microsoft.Network/virtualNetworks/subnets/join/action',
        'Microsoft.Storage/storageAccounts/read',
      ],
    },
  ],
  [
    '1c0163c0-47e6-4577-8991-ea5c82e286e4',
    'Virtual Machine Administrator Login',
    'View Virtual Machines in the portal and login as administrator',
    {
      actions: [
        'Microsoft.Network/publicIPAddresses/read',
        'Microsoft.Network/virtualNetworks/read',
        'Microsoft.Network/loadBalancers/read',
        'Microsoft.Network/networkInterfaces/read',
        'Microsoft.Compute/virtualMachines/*/read',
        'Microsoft.HybridCompute/machines/*/read',
        'Microsoft.HybridConnectivity/endpoints/listCredentials/action',
      ],
      dataActions: [
        'Microsoft.Compute/virtualMachines/login/action',
        'Microsoft.Compute/virtualMachines/loginAsAdmin/action',
        'Microsoft.HybridCompute/machines/login/action',
        'Microsoft.HybridCompute/machines/loginAsAdmin/action',
      ],
    },
  ],
  [
    'fb879df8-f326-4884-b1cf-06f3ad86be52',
    'Virtual Machine User Login',
    'View Virtual Machines in the portal and login as a regular user.',
    {
      actions: [
        'Microsoft.Network/publicIPAddresses/read',
        'Microsoft.Network/virtualNetworks/read',
        'Microsoft.Network/loadBalancers/read',
        'Microsoft.Network/networkInterfaces/read',
        'Microsoft.Compute/virtualMachines/*/read',
        'Microsoft.HybridCompute/machines/*/read',
        'Microsoft.HybridConnectivity/endpoints/listCredentials/action',
      ],
      dataActions: ['Microsoft.Compute/virtualMachines/login/action', 'Microsoft.HybridCompute/machines/login/action'],
    },
  ],
  [
    '4d97b98b-1d4f-4787-a291-c67834d212e7',
    'Network Contributor',
    'Lets you manage networks, but not access to them.',
    { actions: [...COMMON, HEALTH, 'Microsoft.Network/*'] },
  ],
  [
    'befefa01-2a29-4197-83a8-272ff33ce314',
    'DNS Zone Contributor',
    'Lets you manage DNS zones and record sets in Azure DNS, but does not let you control who has access to them.',
    { actions: [...COMMON, HEALTH, 'Microsoft.Network/dnsZones/*'] },
  ],
  [
    '00482a5a-887f-4fb3-b363-3b7fe8e74483',
    'Key Vault Administrator',
    'Perform all data plane operations on a key vault and all objects in it, including certificates, keys, and secrets. Cannot manage key vault resources or manage role assignments. Only works for key vaults that use the Azure role-based access control permission model.',
    {
      actions: [
        ...COMMON,
        'Microsoft.KeyVault/checkNameAvailability/read',
        'Microsoft.KeyVault/deletedVaults/read',
        'Microsoft.KeyVault/locations/*/read',
        'Microsoft.KeyVault/vaults/*/read',
        'Microsoft.KeyVault/operations/read',
      ],
      dataActions: ['Microsoft.KeyVault/vaults/*'],
    },
  ],
  [
    '21090545-7ca7-4776-b22c-e363652d74d2',
    'Key Vault Reader',
    'Read metadata of key vaults and its certificates, keys, and secrets. Cannot read sensitive values such as secret contents or key material. Only works for key vaults that use the Azure role-based access control permission model.',
    {
      actions: [
        ...COMMON,
        'Microsoft.KeyVault/checkNameAvailability/read',
        'Microsoft.KeyVault/deletedVaults/read',
        'Microsoft.KeyVault/locations/*/read',
        'Microsoft.KeyVault/vaults/*/read',
        'Microsoft.KeyVault/operations/read',
      ],
      dataActions: ['Microsoft.KeyVault/vaults/*/read', 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'],
    },
  ],
  [
    '4633458b-17de-408a-b874-0445c86b69e6',
    'Key Vault Secrets User',
    'Read secret contents. Only works for key vaults that use the Azure role-based access control permission model.',
    {
      dataActions: [
        'Microsoft.KeyVault/vaults/secrets/getSecret/action',
        'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
      ],
    },
  ],
  [
    'b86a8fe4-44ce-4948-aee5-eccb2c155cd7',
    'Key Vault Secrets Officer',
    'Perform any action on the secrets of a key vault, except manage permissions. Only works for key vaults that use the Azure role-based access control permission model.',
    {
      actions: [
        ...COMMON,
        'Microsoft.KeyVault/checkNameAvailability/read',
        'Microsoft.KeyVault/deletedVaults/read',
        'Microsoft.KeyVault/locations/*/read',
        'Microsoft.KeyVault/vaults/*/read',
        'Microsoft.KeyVault/operations/read',
      ],
      dataActions: ['Microsoft.KeyVault/vaults/secrets/*'],
    },
  ],
  [
    '14b46e9e-c2b7-41b4-b07b-48a6ebf60603',
    'Key Vault Crypto Officer',
    'Perform any action on the keys of a key vault, except manage permissions. Only works for key vaults that use the Azure role-based access control permission model.',
    {
      actions: [
        ...COMMON,
        'Microsoft.KeyVault/checkNameAvailability/read',
        'Microsoft.KeyVault/deletedVaults/read',
        'Microsoft.KeyVault/locations/*/read',
        'Microsoft.KeyVault/vaults/*/read',
        'Microsoft.KeyVault/operations/read',
      ],
      dataActions: ['Microsoft.KeyVault/vaults/keys/*', 'Microsoft.KeyVault/vaults/keyrotationpolicies/*'],
    },
  ],
  [
    'a4417e6f-fecd-4de8-b567-7b0420556985',
    'Key Vault Certificates Officer',
    'Perform any action on the certificates of a key vault, except manage permissions. Only works for key vaults that use the Azure role-based access control permission model.',
    {
      actions: [
        ...COMMON,
        'Microsoft.KeyVault/checkNameAvailability/read',
        'Microsoft.KeyVault/deletedVaults/read',
        'Microsoft.KeyVault/locations/*/read',
        'Microsoft.KeyVault/vaults/*/read',
        'Microsoft.KeyVault/operations/read',
      ],
      dataActions: [
        'Microsoft.KeyVault/vaults/certificatecas/*',
        'Microsoft.KeyVault/vaults/certificates/*',
        'Microsoft.KeyVault/vaults/certificatecontacts/write',
      ],
    },
  ],
  [
    'f25e0fa2-a7c8-4377-a976-54943a77a395',
    'Key Vault Contributor',
    'Manage key vaults, but does not allow you to assign roles in Azure RBAC, and does not allow you to access secrets, keys, or certificates.',
    {
      actions: [...COMMON, 'Microsoft.KeyVault/*'],
      notActions: [
        'Microsoft.KeyVault/locations/deletedVaults/purge/action',
        'Microsoft.KeyVault/hsmPools/*',
        'Microsoft.KeyVault/managedHsms/*',
      ],
    },
  ],
  [
    '43d0d8ad-25c7-4714-9337-8ba259a9fe05',
    'Monitoring Reader',
    'Can read all monitoring data.',
    { actions: [READ, 'Microsoft.OperationalInsights/workspaces/search/action', SUPPORT] },
  ],
  [
    '749f88d5-cbae-40b8-bcfc-e573ddc772fa',
    'Monitoring Contributor',
    'Can read all monitoring data and update monitoring settings.',
    {
      actions: [
        READ,
        'Microsoft.AlertsManagement/alerts/*',
        'Microsoft.AlertsManagement/alertsSummary/*',
        'Microsoft.Insights/actiongroups/*',
        'Microsoft.Insights/activityLogAlerts/*',
        'Microsoft.Insights/AlertRules/*',
        'Microsoft.Insights/components/*',
        'Microsoft.Insights/DiagnosticSettings/*',
        'Microsoft.Insights/MetricAlerts/*',
        'Microsoft.OperationalInsights/workspaces/write',
        'Microsoft.OperationalInsights/workspaces/search/action',
        SUPPORT,
      ],
    },
  ],
  [
    '92aaf0da-9dab-42b6-94a3-d43ce8d16293',
    'Log Analytics Contributor',
    'Log Analytics Contributor can read all monitoring data and edit monitoring settings.',
    {
      actions: [
        READ,
        'Microsoft.ClassicCompute/virtualMachines/extensions/*',
        'Microsoft.Compute/virtualMachines/extensions/*',
        ALERTS,
        'Microsoft.Insights/diagnosticSettings/*',
        'Microsoft.OperationalInsights/*',
        'Microsoft.OperationsManagement/*',
        'Microsoft.Resources/deployments/*',
        'Microsoft.Storage/storageAccounts/listKeys/action',
        SUPPORT,
      ],
    },
  ],
  [
    '73c42c96-874c-492b-b04d-ab87d138a893',
    'Log Analytics Reader',
    'Log Analytics Reader can view and search all monitoring data as well as and view monitoring settings, including viewing the configuration of Azure diagnostics on all Azure resources.',
    {
      actions: [
        READ,
        'Microsoft.OperationalInsights/workspaces/analytics/query/action',
        'Microsoft.OperationalInsights/workspaces/search/action',
        SUPPORT,
      ],
      notActions: ['Microsoft.OperationalInsights/workspaces/sharedKeys/read'],
    },
  ],
  [
    'fb1c8493-542b-48eb-b624-b4c8fea62acd',
    'Security Admin',
    'View and update permissions for Microsoft Defender for Cloud. Same permissions as the Security Reader role and can also update the security policy and dismiss alerts and recommendations.',
    {
      actions: [
        'Microsoft.Authorization/*/read',
        'Microsoft.Authorization/policyAssignments/*',
        'Microsoft.Authorization/policyDefinitions/*',
        'Microsoft.Authorization/policyExemptions/*',
        'Microsoft.Authorization/policySetDefinitions/*',
        ALERTS,
        'Microsoft.Management/managementGroups/read',
        'Microsoft.operationalInsights/workspaces/*/read',
        DEPLOY,
        GROUPS,
        'Microsoft.Security/*',
        'Microsoft.IoTSecurity/*',
        SUPPORT,
      ],
    },
  ],
  [
    '39bc4728-0917-49c7-9d2c-d95423bc2eb4',
    'Security Reader',
    'View permissions for Microsoft Defender for Cloud. Can view recommendations, alerts, a security policy, and security states, but cannot make changes.',
    {
      actions: [
        'Microsoft.Authorization/*/read',
        'Microsoft.Insights/alertRules/read',
        'Microsoft.operationalInsights/workspaces/*/read',
        'Microsoft.Resources/deployments/*/read',
        GROUPS,
        'Microsoft.Security/*/read',
        'Microsoft.IoTSecurity/*/read',
        'Microsoft.Support/*/read',
        'Microsoft.Management/managementGroups/read',
      ],
    },
  ],
  [
    '72fafb9e-0641-4937-9268-a91bfd8191a3',
    'Cost Management Reader',
    'Can view cost data and configuration (e.g. budgets, exports)',
    {
      actions: [
        'Microsoft.Consumption/*/read',
        'Microsoft.CostManagement/*/read',
        'Microsoft.Billing/billingPeriods/read',
        'Microsoft.Resources/subscriptions/read',
        GROUPS,
        SUPPORT,
        'Microsoft.Advisor/configurations/read',
        'Microsoft.Advisor/recommendations/read',
        'Microsoft.Management/managementGroups/read',
        'Microsoft.Billing/billingProperty/read',
      ],
    },
  ],
  [
    '434105ed-43f6-45c7-a02f-909b2ba83430',
    'Cost Management Contributor',
    'Can view costs and manage cost configuration (e.g. budgets, exports)',
    {
      actions: [
        'Microsoft.Consumption/*',
        'Microsoft.CostManagement/*',
        'Microsoft.Billing/billingPeriods/read',
        'Microsoft.Resources/subscriptions/read',
        GROUPS,
        SUPPORT,
        'Microsoft.Advisor/configurations/read',
        'Microsoft.Advisor/recommendations/read',
        'Microsoft.Management/managementGroups/read',
        'Microsoft.Billing/billingProperty/read',
      ],
    },
  ],
  [
    'fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64',
    'Billing Reader',
    'Allows read access to billing data',
    {
      actions: [
        ROLES,
        'Microsoft.Billing/*/read',
        'Microsoft.Commerce/*/read',
        'Microsoft.Consumption/*/read',
        'Microsoft.Management/managementGroups/read',
        'Microsoft.CostManagement/*/read',
        SUPPORT,
      ],
    },
  ],
  [
    'de139f84-1756-47ae-9be6-808fbbe84772',
    'Website Contributor',
    'Lets you manage websites (not web plans), but not access to them.',
    {
      actions: [
        ...COMMON,
        HEALTH,
        'Microsoft.Insights/components/*',
        'Microsoft.Web/certificates/*',
        'Microsoft.Web/listSitesAssignedToHostName/read',
        'Microsoft.Web/serverFarms/join/action',
        'Microsoft.Web/serverFarms/read',
        'Microsoft.Web/sites/*',
      ],
    },
  ],
  [
    '2cc479cb-7b4d-49a8-b449-8c00fd0f0a4b',
    'Web Plan Contributor',
    'Lets you manage the web plans for websites, but not access to them.',
    { actions: [...COMMON, HEALTH, 'Microsoft.Web/serverFarms/*', 'Microsoft.Web/hostingEnvironments/Join/Action'] },
  ],
  [
    '9b7fa17d-e63e-47b0-bb0a-15c516ac86ec',
    'SQL DB Contributor',
    "Lets you manage SQL databases, but not access to them. Also, you can't manage their security-related policies or their parent SQL servers.",
    {
      actions: [
        ...COMMON,
        HEALTH,
        'Microsoft.Sql/locations/*/read',
        'Microsoft.Sql/servers/databases/*',
        'Microsoft.Sql/servers/read',
      ],
      notActions: [
        'Microsoft.Sql/servers/databases/auditingSettings/*',
        'Microsoft.Sql/servers/databases/securityAlertPolicies/*',
        'Microsoft.Sql/servers/databases/vulnerabilityAssessments/*',
      ],
    },
  ],
  [
    '6d8ee4ec-f05a-4a1d-8b00-a9b17e38b437',
    'SQL Server Contributor',
    'Lets you manage SQL servers and databases, but not access to them, and not their security-related policies.',
    {
      actions: [...COMMON, HEALTH, 'Microsoft.Sql/locations/*/read', 'Microsoft.Sql/servers/*'],
      notActions: [
        'Microsoft.Sql/servers/auditingSettings/*',
        'Microsoft.Sql/servers/securityAlertPolicies/*',
        'Microsoft.Sql/servers/vulnerabilityAssessments/*',
      ],
    },
  ],
  [
    '056cd41c-7e88-42e1-933e-88ba6a50c9c3',
    'SQL Security Manager',
    'Lets you manage the security-related policies of SQL servers and databases, but not access to them.',
    {
      actions: [
        ...COMMON,
        'Microsoft.Sql/servers/auditingSettings/*',
        'Microsoft.Sql/servers/databases/auditingSettings/*',
        'Microsoft.Sql/servers/databases/securityAlertPolicies/*',
        'Microsoft.Sql/servers/securityAlertPolicies/*',
        'Microsoft.Sql/servers/read',
      ],
    },
  ],
  [
    '7f951dda-4ed3-4680-a7ca-43fe172d538d',
    'AcrPull',
    'acr pull',
    { actions: ['Microsoft.ContainerRegistry/registries/pull/read'] },
  ],
  [
    '8311e382-0749-4cb8-b61a-304f252e45ec',
    'AcrPush',
    'acr push',
    {
      actions: [
        'Microsoft.ContainerRegistry/registries/pull/read',
        'Microsoft.ContainerRegistry/registries/push/write',
      ],
    },
  ],
  [
    '0ab0b1a8-8aac-4efd-b8c2-3ee1fb270be8',
    'Azure Kubernetes Service Cluster Admin Role',
    'List cluster admin credential action.',
    {
      actions: [
        'Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action',
        'Microsoft.ContainerService/managedClusters/accessProfiles/listCredential/action',
        'Microsoft.ContainerService/managedClusters/read',
        'Microsoft.ContainerService/managedClusters/runcommand/action',
      ],
    },
  ],
  [
    '4abbcc35-e782-43d8-92c5-2d3f1bd2253f',
    'Azure Kubernetes Service Cluster User Role',
    'List cluster user credential action.',
    {
      actions: [
        'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
        'Microsoft.ContainerService/managedClusters/read',
      ],
    },
  ],
  [
    'b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b',
    'Azure Kubernetes Service RBAC Cluster Admin',
    'Lets you manage all resources in the cluster.',
    {
      actions: [...COMMON, 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action'],
      dataActions: ['Microsoft.ContainerService/managedClusters/*'],
    },
  ],
  [
    '5e467623-bb1f-42f4-a55d-6e525e11384b',
    'Backup Contributor',
    "Lets you manage backup service, but can't create vaults and give access to others",
    {
      actions: [
        ...COMMON,
        'Microsoft.RecoveryServices/Vaults/backupFabrics/*',
        'Microsoft.RecoveryServices/Vaults/backupJobs/*',
        'Microsoft.RecoveryServices/Vaults/backupPolicies/*',
        'Microsoft.RecoveryServices/Vaults/read',
        'Microsoft.DataProtection/backupVaults/backupInstances/*',
      ],
    },
  ],
  [
    'a795c7a0-d4a2-40c1-ae25-d81f01202912',
    'Backup Reader',
    "Can view backup services, but can't make changes",
    {
      actions: [
        ROLES,
        'Microsoft.RecoveryServices/Vaults/*/read',
        'Microsoft.DataProtection/backupVaults/*/read',
        GROUPS,
      ],
    },
  ],
  [
    'f1a07417-d97a-45cb-824c-7a7467783830',
    'Managed Identity Operator',
    'Read and Assign User Assigned Identity',
    {
      actions: [
        ...COMMON,
        'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
        'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
      ],
    },
  ],
  [
    'e40ec5ca-96e0-45a2-b4ff-59039f2c2b59',
    'Managed Identity Contributor',
    'Create, Read, Update, and Delete User Assigned Identity',
    {
      actions: [
        ...COMMON,
        'Microsoft.ManagedIdentity/userAssignedIdentities/read',
        'Microsoft.ManagedIdentity/userAssignedIdentities/write',
        'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
      ],
    },
  ],
  [
    '090c5cfd-751d-490a-894a-3ce6f1109419',
    'Azure Service Bus Data Owner',
    'Allows for full access to Azure Service Bus resources.',
    { actions: ['Microsoft.ServiceBus/*'], dataActions: ['Microsoft.ServiceBus/*'] },
  ],
  [
    'a638d3c7-ab3a-418d-83e6-5f17a39d4fde',
    'Azure Event Hubs Data Receiver',
    'Allows receive access to Azure Event Hubs resources.',
    {
      actions: ['Microsoft.EventHub/*/eventhubs/consumergroups/read'],
      dataActions: ['Microsoft.EventHub/*/receive/action'],
    },
  ],
  [
    '673868aa-7521-48a0-acc6-0f60742d39f5',
    'Data Factory Contributor',
    'Create and manage data factories, as well as child resources within them.',
    {
      actions: [
        ...COMMON,
        HEALTH,
        'Microsoft.DataFactory/dataFactories/*',
        'Microsoft.DataFactory/factories/*',
        'Microsoft.EventGrid/eventSubscriptions/write',
      ],
    },
  ],
  [
    '87a39d53-fc1b-424a-814c-f7e04687dc9e',
    'Logic App Contributor',
    'Lets you manage logic apps, but not change access to them.',
    {
      actions: [
        ...COMMON,
        'Microsoft.Logic/*',
        'Microsoft.Web/connections/*',
        'Microsoft.Web/serverFarms/read',
        'Microsoft.Storage/storageAccounts/read',
      ],
    },
  ],
  [
    '4a9ae827-6dc8-4573-8ac7-8239d42aa03f',
    'Tag Contributor',
    'Lets you manage tags on entities, without providing access to the entities themselves.',
    {
      actions: [
        ROLES,
        'Microsoft.Resources/subscriptions/resourceGroups/read',
        'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
        'Microsoft.Resources/subscriptions/resources/read',
        DEPLOY,
        ALERTS,
        SUPPORT,
        'Microsoft.Resources/tags/*',
      ],
    },
  ],
  [
    '36243c78-bf99-498c-9df9-86d9f8d28608',
    'Resource Policy Contributor',
    'Users with rights to create/modify resource policy, create support ticket and read resources/hierarchy.',
    {
      actions: [
        READ,
        'Microsoft.Authorization/policyassignments/*',
        'Microsoft.Authorization/policydefinitions/*',
        'Microsoft.Authorization/policyexemptions/*',
        'Microsoft.Authorization/policysetdefinitions/*',
        'Microsoft.PolicyInsights/*',
        SUPPORT,
      ],
    },
  ],
  [
    'ac63b705-f282-497d-ac71-919bf39d939d',
    'Management Group Reader',
    'Management Group Reader Role',
    { actions: ['Microsoft.Management/managementGroups/read'] },
  ],
]

/** The built-in roles by id, the same in every tenant. */
export const BUILT_IN_ROLES: ReadonlyMap<string, RoleDefinition> = new Map(
  BUILT_IN.map(([id, name, description, permission]) => [
    id,
    {
      id,
      name,
      description,
      custom: false,
      assignableScopes: ['/'],
      permissions: [{ actions: [], notActions: [], dataActions: [], notDataActions: [], ...permission }],
      createdOn: '2015-02-02T21:55:09.8806423Z',
      updatedOn: '2021-11-11T20:13:28.6061853Z',
    },
  ]),
)

/** The id of a built-in role by its name; throws on a misspelt one. */
export function roleIdOf(name: string): string {
  for (const role of BUILT_IN_ROLES.values()) if (role.name === name) return role.id
  throw new Error(`There is no built-in role called ${name}.`)
}
