import { addDemoAssignments } from './demo-assignments'
import { CONTOSO, CONTOSO_SUBSCRIPTIONS } from './demo-ids'
import { addDemoPrivileged } from './demo-privileged'
import { createRandom, type Random } from './random'
import { APPLICATION_ADMINISTRATOR, GLOBAL_ADMINISTRATOR, GLOBAL_READER } from './roles'
import { addSubscription, addUser, createTenant, deleteUser, guestFacts, timeBefore } from './tenant'
import type { Tenant, User } from './types'
import type { World } from './world'

/** Adds Contoso to the world: about seventy people, nested groups, a tree of management groups and five subscriptions. */
export function createDemoContoso(world: World): void {
  const random = createRandom('contoso')
  const tenant = createTenant({ id: CONTOSO, name: 'Contoso', domain: 'contoso.example', demo: true })
  world.addTenant(tenant)
  addPeople(tenant, random)
  addDeleted(tenant, random)
  addManagementGroups(tenant)
  addSubscriptions(tenant)
  addDemoAssignments(tenant, random)
  addDemoPrivileged(world, tenant, random)
}

function addPeople(tenant: Tenant, random: Random): void {
  // Number 7 is the guest Nina Kaur, who is added together with her home tenant.
  for (const [index, facts] of ACCOUNTS.entries())
    addUser(tenant, random, { ...facts, id: accountId(index < 6 ? index + 1 : index + 2) })
  for (const [name, local, jobTitle, department] of STAFF) {
    addUser(tenant, random, {
      id: random.guid(),
      displayName: name,
      userPrincipalName: `${local}@${tenant.domain}`,
      mail: local === 'contractors' || local === 'bjorn' ? null : `${local}@${tenant.domain}`,
      jobTitle,
      department,
      officeLocation: random.pick(['Oslo', 'Lisbon', 'Nairobi', 'Austin', 'Singapore', null]),
      directoryRoles: local === 'sakura' ? [GLOBAL_ADMINISTRATOR] : [],
    })
  }
  for (const [name, local] of DISABLED) {
    addUser(tenant, random, {
      id: random.guid(),
      displayName: name,
      userPrincipalName: `${local}@${tenant.domain}`,
      accountEnabled: false,
    })
  }
  for (const [name, mail, accepted] of GUESTS) {
    addUser(tenant, random, { ...guestFacts(random, tenant, mail, accepted), id: random.guid(), displayName: name })
  }
}

/** Adds two deleted people who can be restored. Two more, purged ones, only occur in `addDemoAssignments`. */
function addDeleted(tenant: Tenant, random: Random): void {
  for (const [name, local] of [
    ['Lars Nygaard', 'lars'],
    ['Mei Chen', 'mei'],
  ] as const) {
    const user = addUser(tenant, random, {
      id: random.guid(),
      displayName: name,
      userPrincipalName: `${local}@${tenant.domain}`,
    })
    deleteUser(tenant, user, timeBefore(random, 20))
    // Entra puts the object id before the user principal name of a deleted person.
    user.userPrincipalName = `${user.id.replaceAll('-', '')}${user.userPrincipalName}`
  }
}

function addManagementGroups(tenant: Tenant): void {
  const tree: [id: string, name: string, parent: string][] = [
    ['contoso', 'Contoso', tenant.id],
    ['contoso-workloads', 'Workloads', 'contoso'],
    ['contoso-prod', 'Production Workloads', 'contoso-workloads'],
    ['contoso-nonprod', 'Non-production Workloads', 'contoso-workloads'],
    ['contoso-restricted', 'Restricted', 'contoso'],
    ['contoso-decommissioned', 'Decommissioned', 'contoso'],
  ]
  for (const [id, displayName, parentId] of tree) tenant.managementGroups.add({ id, displayName, parentId })
}

function addSubscriptions(tenant: Tenant): void {
  const ids = CONTOSO_SUBSCRIPTIONS
  addSubscription(tenant, {
    id: ids.production,
    name: 'Production',
    managementGroupId: 'contoso-prod',
    quotaId: 'EnterpriseAgreement_2014-09-01',
    tags: { env: 'prod' },
    note: 'The one to start with: assignments at every level.',
  })
  addSubscription(tenant, {
    id: ids.staging,
    name: 'Staging',
    managementGroupId: 'contoso-nonprod',
    tags: { env: 'staging' },
    note: 'Fewer people, two deleted ones still assigned.',
  })
  addSubscription(tenant, {
    id: ids.development,
    name: 'Development',
    managementGroupId: 'contoso-nonprod',
    tags: { env: 'dev' },
    note: 'The guest Nina Kaur owns this one too.',
  })
  addSubscription(tenant, {
    id: ids.legacy,
    name: 'Legacy Datacenter',
    managementGroupId: 'contoso-decommissioned',
    state: 'Disabled',
    note: 'Disabled: can be read, not changed.',
  })
  addSubscription(tenant, {
    id: ids.finance,
    name: 'Finance Restricted',
    managementGroupId: 'contoso-restricted',
    note: 'Ada Novak has no role here: the subscription is not readable.',
  })
}

const accountId = (number: number) =>
  `c0270500-${String(number).padStart(4, '0')}-4a11-8a11-${String(number).padStart(12, '0')}`

type AccountFacts = Partial<User> & {
  displayName: string
  userPrincipalName: string
  account: NonNullable<User['account']>
}

/** The accounts a visitor can sign in with; each shows another outcome. */
const ACCOUNTS: AccountFacts[] = [
  {
    displayName: 'Ada Novak',
    userPrincipalName: 'ada@contoso.example',
    jobTitle: 'Cloud Administrator',
    department: 'Cloud Platform',
    directoryRoles: [APPLICATION_ADMINISTRATOR, GLOBAL_READER],
    account: {
      kind: 'owner',
      note: 'Application Administrator and Global Reader, Owner of four subscriptions: the happy path. Cannot read Finance Restricted.',
    },
  },
  {
    displayName: 'Ravi Patel',
    userPrincipalName: 'ravi@contoso.example',
    jobTitle: 'IT Auditor',
    department: 'Security',
    account: {
      kind: 'reader',
      note: 'Reader on Production, no administrator: needs the consent of an administrator first.',
    },
  },
  {
    displayName: 'Olga Petersen',
    userPrincipalName: 'olga@contoso.example',
    jobTitle: 'Recruiter',
    department: 'People',
    directoryRoles: [APPLICATION_ADMINISTRATOR],
    account: {
      kind: 'outsider',
      note: 'Application Administrator without any Azure role: no subscription is readable.',
    },
  },
  {
    displayName: 'Ben Carter',
    userPrincipalName: 'ben@contoso.example',
    jobTitle: 'Engineering Lead',
    department: 'Payments',
    account: {
      kind: 'plain',
      note: 'Owner of Production, no administrator: "Need admin approval" until an administrator consents.',
    },
  },
  {
    displayName: 'Bianca Lopez',
    userPrincipalName: 'bianca@contoso.example',
    jobTitle: 'Cloud Engineer',
    department: 'Cloud Platform',
    directoryRoles: [APPLICATION_ADMINISTRATOR],
    traits: { blocked: true },
    account: { kind: 'blocked', note: 'Blocked by Conditional Access (AADSTS53003).' },
  },
  {
    displayName: 'Mikkel Friis',
    userPrincipalName: 'mikkel@contoso.example',
    jobTitle: 'Cloud Engineer',
    department: 'Cloud Platform',
    directoryRoles: [APPLICATION_ADMINISTRATOR],
    traits: { mfa: true },
    account: { kind: 'mfa', note: 'Azure asks for multi-factor authentication (AADSTS50076) until it is shown.' },
  },
  {
    displayName: 'Dora Klein',
    userPrincipalName: 'dora@contoso.example',
    jobTitle: 'Former Administrator',
    department: 'Cloud Platform',
    accountEnabled: false,
    account: { kind: 'disabled', note: 'The account is disabled (AADSTS50057).' },
  },
  {
    displayName: 'Umar Farouk',
    userPrincipalName: 'umar@contoso.example',
    jobTitle: 'Contractor',
    department: 'Support',
    traits: { unassigned: true },
    account: { kind: 'unassigned', note: 'Not assigned to the application (AADSTS50105).' },
  },
  {
    displayName: 'Vera Simmons',
    userPrincipalName: 'vera@contoso.example',
    jobTitle: 'Internal Auditor',
    department: 'Finance',
    account: { kind: 'viewer', note: 'Nothing special: signs in to the portal and looks.' },
  },
]

/** Contoso's people: name, local part of the address, job, department. The first word of the name is the given name. */
const STAFF: readonly (readonly [name: string, local: string, job: string, department: string])[] = [
  ['Bruno Castillo', 'bruno', 'Cloud Operations Engineer', 'Cloud Platform'],
  ['Chiara Moretti', 'chiara', 'Platform Engineer', 'Cloud Platform'],
  ['Dmitri Volkov', 'dmitri', 'Site Reliability Engineer', 'Cloud Platform'],
  ['Efua Mensah', 'efua', 'Head of Cloud Platform', 'Cloud Platform'],
  ['Farid Rahimi', 'farid', 'Database Administrator', 'Data'],
  ['Greta Lindqvist', 'greta', 'Security Analyst', 'Security'],
  ['Hiroshi Tanaka', 'hiroshi', 'Security Architect', 'Security'],
  ['Ingrid Solberg', 'ingrid', 'Compliance Officer', 'Security'],
  ['Jamal Washington', 'jamal', 'Software Engineer', 'Payments'],
  ['Katarzyna Wiśniewska', 'katarzyna', 'Senior Software Engineer', 'Payments'],
  ['Liang Wei', 'liang.wei', 'Software Engineer', 'Payments'],
  ['María José Fernández de la Vega', 'mariajose', 'Engineering Manager', 'Payments'],
  ['Nnamdi Okafor', 'nnamdi', 'Network Engineer', 'Infrastructure'],
  ['Oona Virtanen', 'oona', 'Data Engineer', 'Data'],
  ['Priya Raghunathan', 'priya', 'Data Scientist', 'Data'],
  ['Quentin Dubois', 'quentin', 'Frontend Engineer', 'Web'],
  ['Rosa Delgado', 'rosa', 'Product Manager', 'Web'],
  ['Siobhán Ní Bhriain', 'siobhan', 'QA Engineer', 'Web'],
  ['Tomáš Dvořák', 'tomas', 'Backend Engineer', 'Web'],
  ['Uzma Siddiqui', 'uzma', 'Finance Controller', 'Finance'],
  ['Valentina Rossi', 'valentina', 'FinOps Analyst', 'Finance'],
  ['Wanjiru Kamau', 'wanjiru', 'Internal Auditor', 'Finance'],
  ['Ximena Ortiz', 'ximena', 'Support Engineer', 'Support'],
  ['Yusuf Demir', 'yusuf', 'Support Lead', 'Support'],
  ['Zofia Kowalczyk', 'zofia', 'DevOps Engineer', 'Cloud Platform'],
  ['Anh Nguyễn', 'anh', 'DevOps Engineer', 'Cloud Platform'],
  ['Björn Þórsson', 'bjorn', 'Backup Administrator', 'Infrastructure'],
  ['Chidi Eze', 'chidi', 'Identity Engineer', 'Security'],
  ['Daniela Popescu', 'daniela', 'Machine Learning Engineer', 'Data'],
  ['Emeka Obi', 'emeka', 'Release Manager', 'Web'],
  ['Freya Haugen', 'freya', 'UX Researcher', 'Web'],
  ['Giorgos Papadopoulos', 'giorgos', 'Storage Engineer', 'Infrastructure'],
  ['Hana Yamamoto', 'hana', 'Software Engineer', 'Payments'],
  ['Ines Carvalho', 'ines', 'Integration Engineer', 'Payments'],
  ['Jiří Novotný', 'jiri', 'Kubernetes Engineer', 'Cloud Platform'],
  ['Kwame Asante', 'kwame', 'Solutions Architect', 'Cloud Platform'],
  ['Leilani Kealoha', 'leilani', 'Technical Writer', 'Support'],
  ['Mateo Vargas', 'mateo', 'Penetration Tester', 'Security'],
  ['Noor van den Berg', 'noor', 'Procurement Specialist', 'Finance'],
  ['Olufemi Adeyemi', 'olufemi', 'Data Analyst', 'Data'],
  ['Petra Horváth', 'petra', 'Scrum Master', 'Web'],
  ['Rajesh Iyer', 'rajesh', 'Chief Information Officer', 'Management'],
  ['Sakura Ito', 'sakura', 'Chief Information Security Officer', 'Management'],
  ['Tendai Moyo', 'tendai', 'Cloud Engineer', 'Cloud Platform'],
  ['نور الهدى العبدالله', 'nour', 'Software Engineer', 'Web'],
  [
    'Maximiliana Wilhelmina Theodora Konstantinopoulou-Featherstonehaugh von Hohenzollern-Sigmaringen',
    'maximiliana',
    'Principal Programme Manager for Cross-Regional Cloud Transformation',
    'Management',
  ],
  ['=Contractors (shared mailbox)', 'contractors', 'Shared mailbox', 'Support'],
]

/** People who have left: still in the directory, but disabled. */
const DISABLED: readonly (readonly [name: string, local: string])[] = [
  ['Viktor Petrov', 'viktor'],
  ['Amara Diallo', 'amara'],
  ['Sven Johansson', 'sven'],
]

/** Guests: name, address at home, and whether they accepted the invitation. */
const GUESTS: readonly (readonly [name: string, mail: string, accepted: boolean])[] = [
  ['Elena Markova', 'elena@northwind.example', true],
  ['Samuel Osei', 'samuel@tailspin.example', true],
  ['Clara Jung', 'clara@adatum.example', false],
  ['Diego Fuentes', 'diego@proseware.example', false],
]
