import { CONTOSO, CONTOSO_SUBSCRIPTIONS as IDS } from './demo-ids'
import type { Random } from './random'
import { managementGroupScope } from './scopes'
import { addAssignment, addGroup, addServicePrincipal } from './tenant'
import type { Tenant } from './types'

/** Adds Contoso's groups, service principals, custom roles and assignments. */
export function addDemoAssignments(tenant: Tenant, random: Random): void {
  const ids = addPrincipals(tenant, random)
  for (const [name, description, actions, assignableScopes] of CUSTOM_ROLES) {
    const id = random.guid()
    const permissions = [{ actions, notActions: [], dataActions: [], notDataActions: [] }]
    const createdOn = '2024-06-11T10:02:31.1180291Z'
    tenant.customRoles.set(id, {
      id,
      name,
      description,
      custom: true,
      assignableScopes,
      permissions,
      createdOn,
      updatedOn: createdOn,
    })
  }
  const createdBy = ids.get('ada') ?? null
  for (const [scope, role, who] of ASSIGNMENTS) {
    for (const name of who) {
      const principalId = ids.get(name)
      if (!principalId) throw new Error(`The demo assigns ${role} to ${name}, who does not exist.`)
      const condition = role === 'Storage Blob Data Reader' && name === 'priya' ? CONDITION : null
      addAssignment(tenant, random, { principalId, role, scope, createdBy, condition })
    }
  }
  const deletedIds = [
    ...tenant.deletedUsers.keys(),
    'deadbeef-0001-4000-8000-000000000001',
    'deadbeef-0002-4000-8000-000000000002',
  ]
  for (const [index, principalId] of deletedIds.entries()) {
    addAssignment(tenant, random, {
      principalId,
      principalType: 'User',
      role: index % 2 ? 'Contributor' : 'Reader',
      scope: index < 2 ? PRODUCTION : STAGING,
      createdBy,
    })
  }
  addAssignment(tenant, random, {
    principalId: deletedIds[0] ?? '',
    principalType: 'User',
    role: 'Reader',
    scope: STAGING,
    createdBy,
  })
  addAssignment(tenant, random, {
    principalId: 'f02e16a0-0001-4000-8000-000000000001',
    principalType: 'ForeignGroup',
    role: 'Reader',
    scope: `${PRODUCTION}/resourceGroups/rg-network`,
  })
}

function addPrincipals(tenant: Tenant, random: Random): Map<string, string> {
  const ids = new Map<string, string>()
  for (const user of tenant.users.values()) {
    ids.set(user.userType === 'Guest' ? (user.mail ?? '') : (user.userPrincipalName.split('@')[0] ?? ''), user.id)
  }
  for (const name of Object.keys(GROUPS)) {
    const group = addGroup(tenant, { id: random.guid(), displayName: name, createdDateTime: '2023-04-03T08:12:44Z' })
    ids.set(`@${name}`, group.id)
  }
  for (const [name, members] of Object.entries(GROUPS)) {
    const groupId = ids.get(`@${name}`) ?? ''
    for (const member of members) tenant.memberships.add(groupId, ids.get(member) ?? '')
  }
  for (const [displayName, servicePrincipalType] of SERVICE_PRINCIPALS) {
    const id = random.guid()
    addServicePrincipal(tenant, { id, appId: random.guid(), displayName, servicePrincipalType })
    ids.set(`%${displayName}`, id)
  }
  tenant.memberships.add(ids.get('@Kubernetes Operators') ?? '', ids.get('%github-actions-deploy') ?? '')
  for (const [name, owners] of Object.entries(GROUP_OWNERS))
    for (const owner of owners) tenant.owners.add(ids.get(`@${name}`) ?? '', ids.get(owner) ?? '')
  return ids
}

const PRODUCTION = `/subscriptions/${IDS.production}`
const STAGING = `/subscriptions/${IDS.staging}`
const DEVELOPMENT = `/subscriptions/${IDS.development}`
const LEGACY = `/subscriptions/${IDS.legacy}`
const FINANCE = `/subscriptions/${IDS.finance}`

/** Groups with their members: local parts of people, nested groups with a leading @. */
const GROUPS: Record<string, string[]> = {
  'Cloud Platform Team': ['bruno', 'chiara', 'dmitri', 'efua', 'zofia', 'anh', 'jiri', 'kwame', 'tendai'],
  'Kubernetes Operators': ['jiri', 'anh', 'tendai'],
  'Security Team': ['greta', 'hiroshi', 'ingrid', 'chidi', 'mateo'],
  'Payments Developers': ['jamal', 'katarzyna', 'liang.wei', 'hana', 'ines'],
  'Web Developers': ['quentin', 'siobhan', 'tomas', 'nour'],
  'All Engineering': ['@Payments Developers', '@Web Developers', '@Cloud Platform Team'],
  'Data Team': ['farid', 'oona', 'priya', 'daniela', 'olufemi'],
  FinOps: ['valentina', 'uzma'],
  'On-call': ['dmitri', '@Kubernetes Operators', 'yusuf'],
}

/** Owners of groups: local parts of people and %service principals. */
const GROUP_OWNERS: Record<string, string[]> = {
  'Cloud Platform Team': ['efua'],
  'Kubernetes Operators': ['zofia', '%terraform-production'],
}

const SERVICE_PRINCIPALS: [name: string, type: 'Application' | 'ManagedIdentity'][] = [
  ['github-actions-deploy', 'Application'],
  ['terraform-production', 'Application'],
  ['backup-automation', 'Application'],
  ['aks-prod-kubelet', 'ManagedIdentity'],
  ['func-invoices', 'ManagedIdentity'],
]

const CUSTOM_ROLES: [name: string, description: string, actions: string[], scopes: string[]][] = [
  [
    'Contoso VM Restarter',
    'Start, stop and restart virtual machines.',
    [
      'Microsoft.Compute/virtualMachines/read',
      'Microsoft.Compute/virtualMachines/start/action',
      'Microsoft.Compute/virtualMachines/restart/action',
      'Microsoft.Compute/virtualMachines/deallocate/action',
    ],
    [PRODUCTION, STAGING, DEVELOPMENT],
  ],
  [
    'Contoso Support Reader',
    'Read everything and open support tickets.',
    ['*/read', 'Microsoft.Support/*'],
    [managementGroupScope('contoso')],
  ],
  [
    'Contoso Access Auditor',
    'Read who has access, and nothing else.',
    ['Microsoft.Authorization/*/read', 'Microsoft.Resources/subscriptions/read'],
    [managementGroupScope('contoso')],
  ],
]

/** Assignments: scope, role, and holders, who are local parts of people, @groups or %service principals. */
const ASSIGNMENTS: [scope: string, role: string, who: string[]][] = [
  ['/', 'User Access Administrator', ['sakura']],
  [managementGroupScope(CONTOSO), 'Security Reader', ['@Security Team']],
  [managementGroupScope('contoso'), 'Reader', ['rajesh', 'ingrid']],
  [managementGroupScope('contoso'), 'Contoso Access Auditor', ['wanjiru']],
  [managementGroupScope('contoso-workloads'), 'Contributor', ['@Cloud Platform Team', '%terraform-production']],
  [managementGroupScope('contoso-workloads'), 'Contoso Support Reader', ['yusuf', 'ximena']],
  [managementGroupScope('contoso-prod'), 'Monitoring Reader', ['@On-call']],
  [managementGroupScope('contoso-nonprod'), 'Contributor', ['@All Engineering']],
  [PRODUCTION, 'Owner', ['ada', 'ben', 'efua']],
  [PRODUCTION, 'Owner', ['bianca', 'mikkel', 'dora', 'umar']],
  [
    PRODUCTION,
    'Reader',
    ['ravi', 'mariajose', 'rosa', 'nour', 'maximiliana', 'contractors', 'elena@northwind.example'],
  ],
  [PRODUCTION, 'Role Based Access Control Administrator', ['chidi']],
  [PRODUCTION, 'Security Admin', ['hiroshi']],
  [PRODUCTION, 'Cost Management Reader', ['@FinOps', 'noor']],
  [PRODUCTION, 'Log Analytics Reader', ['greta', 'viktor']],
  [PRODUCTION, 'Contoso VM Restarter', ['bruno', 'yusuf', 'tendai']],
  [PRODUCTION, 'Backup Contributor', ['bjorn', '%backup-automation']],
  [`${PRODUCTION}/resourceGroups/rg-payments`, 'Contributor', ['@Payments Developers', 'katarzyna', 'mariajose']],
  [
    `${PRODUCTION}/resourceGroups/rg-payments`,
    'Key Vault Secrets User',
    ['jamal', '%func-invoices', 'clara@adatum.example'],
  ],
  [`${PRODUCTION}/resourceGroups/RG-Web`, 'Website Contributor', ['@Web Developers', 'emeka', 'amara']],
  [`${PRODUCTION}/resourcegroups/rg-web`, 'Web Plan Contributor', ['emeka', 'tomas']],
  [`${PRODUCTION}/resourceGroups/rg-network`, 'Network Contributor', ['nnamdi']],
  [`${PRODUCTION}/resourceGroups/rg-network`, 'DNS Zone Contributor', ['giorgos', 'samuel@tailspin.example']],
  [`${PRODUCTION}/resourceGroups/rg-data`, 'Storage Blob Data Contributor', ['@Data Team', 'oona']],
  [
    `${PRODUCTION}/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/contosolake`,
    'Storage Blob Data Owner',
    ['farid'],
  ],
  [
    `${PRODUCTION}/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/contosolake`,
    'Storage Blob Data Reader',
    ['priya', 'daniela', 'olufemi', 'diego@proseware.example'],
  ],
  [
    `${PRODUCTION}/resourceGroups/rg-data/providers/Microsoft.Sql/servers/sql-orders/databases/orders`,
    'SQL DB Contributor',
    ['farid', 'liang.wei'],
  ],
  [
    `${PRODUCTION}/resourceGroups/rg-platform/providers/Microsoft.KeyVault/vaults/kv-contoso-prod`,
    'Key Vault Administrator',
    ['zofia', 'dmitri'],
  ],
  [
    `${PRODUCTION}/resourceGroups/rg-platform/providers/Microsoft.ContainerService/managedClusters/aks-prod`,
    'Azure Kubernetes Service RBAC Cluster Admin',
    ['@Kubernetes Operators', 'jiri'],
  ],
  [
    `${PRODUCTION}/resourceGroups/rg-platform/providers/Microsoft.ContainerRegistry/registries/contosoacr`,
    'AcrPush',
    ['%github-actions-deploy'],
  ],
  [
    `${PRODUCTION}/resourceGroups/rg-platform/providers/Microsoft.ContainerRegistry/registries/contosoacr`,
    'AcrPull',
    ['%aks-prod-kubelet'],
  ],
  [STAGING, 'Owner', ['ada', 'kwame']],
  [STAGING, 'Reader', ['petra', 'siobhan', 'leilani', 'sven']],
  [`${STAGING}/resourceGroups/rg-web-staging`, 'Website Contributor', ['quentin', 'tomas', 'freya', 'hana']],
  [`${STAGING}/resourceGroups/rg-web-staging`, 'Virtual Machine Administrator Login', ['emeka', 'anh']],
  [DEVELOPMENT, 'Owner', ['ada', 'chiara']],
  [DEVELOPMENT, 'Virtual Machine Contributor', ['ines', 'hana', 'jamal']],
  [DEVELOPMENT, 'Storage Account Contributor', ['giorgos']],
  [`${DEVELOPMENT}/resourceGroups/rg-ml-lab`, 'Contributor', ['priya', 'daniela']],
  [LEGACY, 'Owner', ['ada']],
  [LEGACY, 'Reader', ['bjorn', 'nnamdi']],
  [FINANCE, 'Owner', ['uzma']],
  [FINANCE, 'Cost Management Contributor', ['valentina']],
  [FINANCE, 'Reader', ['wanjiru', 'noor']],
]

const CONDITION =
  "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'curated'))"
