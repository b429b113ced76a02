import { createDemoContoso } from './demo-contoso'
import { addDemoDelegation } from './demo-delegation'
import { FABRIKAM, FABRIKAM_SUBSCRIPTION } from './demo-ids'
import { createRandom } from './random'
import { APPLICATION_ADMINISTRATOR } from './roles'
import { addAssignment, addSubscription, addUser, createTenant, guestFacts, timeBefore } from './tenant'
import { World } from './world'

/** Creates the world of the demo: Contoso, which has something of everything, and Fabrikam as the other tenant. The same every time. */
export function createDemoWorld(portalUrl: string): World {
  const world = new World(portalUrl)
  createDemoContoso(world)
  addFabrikam(world)
  addDemoDelegation(world)
  return world
}

/** Adds Fabrikam, and its member Nina Kaur as a guest of Contoso. */
function addFabrikam(world: World): void {
  const random = createRandom('fabrikam')
  const tenant = createTenant({ id: FABRIKAM, name: 'Fabrikam', domain: 'fabrikam.example', demo: true })
  world.addTenant(tenant)
  addSubscription(tenant, {
    id: FABRIKAM_SUBSCRIPTION,
    name: 'Fabrikam Retail',
    note: 'The other tenant. Connect with Gwen Hughes.',
  })
  const scope = `/subscriptions/${FABRIKAM_SUBSCRIPTION}`
  const gwen = addUser(tenant, random, {
    id: 'fab21ca0-0001-4a22-8a22-000000000001',
    displayName: 'Gwen Hughes',
    userPrincipalName: 'gwen@fabrikam.example',
    jobTitle: 'IT Manager',
    directoryRoles: [APPLICATION_ADMINISTRATOR],
    account: { kind: 'owner', note: "Fabrikam's Application Administrator and Owner. Not known at Contoso." },
  })
  addAssignment(tenant, random, { principalId: gwen.id, role: 'Owner', scope })
  const nina = addUser(tenant, random, {
    id: 'fab21ca0-0002-4a22-8a22-000000000002',
    displayName: 'Nina Kaur',
    userPrincipalName: 'nina@fabrikam.example',
    jobTitle: 'Cloud Consultant',
    account: {
      kind: 'guest',
      note: 'Fabrikam member and guest at Contoso, Owner of Development there: a guest cannot read the directory.',
    },
  })
  addAssignment(tenant, random, { principalId: nina.id, role: 'Contributor', scope: `${scope}/resourceGroups/rg-shop` })
  const people = ['Oscar Blom', 'Paola Conti', 'Ravi Menon', 'Tess Walker']
  for (const [index, name] of people.entries()) {
    const user = addUser(tenant, random, {
      id: random.guid(),
      displayName: name,
      userPrincipalName: `${name.split(' ')[0]?.toLowerCase()}@fabrikam.example`,
    })
    addAssignment(tenant, random, {
      principalId: user.id,
      role: index % 2 ? 'Reader' : 'Website Contributor',
      scope: `${scope}/resourceGroups/rg-shop`,
    })
  }

  const contoso = world.findTenant('contoso.example')
  const development = [...(contoso?.subscriptions.values() ?? [])].find((one) => one.name === 'Development')
  if (!contoso || !development) throw new Error('Contoso must be added before Fabrikam.')
  const guest = addUser(contoso, random, {
    ...guestFacts(random, contoso, 'nina@fabrikam.example', true),
    id: 'c0270500-0007-4a11-8a11-000000000007',
    displayName: 'Nina Kaur',
    createdDateTime: timeBefore(random, 200),
    home: { tenantId: FABRIKAM, objectId: nina.id },
  })
  addAssignment(contoso, random, { principalId: guest.id, role: 'Owner', scope: `/subscriptions/${development.id}` })
}
