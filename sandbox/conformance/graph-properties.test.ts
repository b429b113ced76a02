import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getTokens } from '../visitor'
import { CONTOSO, CONTOSO_APPLICATION } from '../world/demo-ids'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const GRAPH = 'https://graph.microsoft.com/v1.0'

let conformance: DemoSandbox
let token = ''
beforeAll(async () => {
  conformance = await startDemoSandbox()
  const { tenant, sandbox } = conformance
  tenant.licence = 'p2'
  tenant.devices.add({
    id: '66666666-0000-4000-8000-000000000002',
    displayName: 'Laptop',
    deviceId: '66666666-0000-4000-8000-000000000004',
    accountEnabled: true,
  })
  const graph = 'Directory.Read.All AuditLog.Read.All'
  token = (await getTokens(sandbox, CONTOSO, 'ada@contoso.example', { graph })).graph
})
afterAll(() => conformance.sandbox.close())

const ask = async (path: string) => {
  const { status, body } = await conformance.ask(`${GRAPH}${path}`, { token })
  return { status, body: body as Record<string, unknown> & { value: Record<string, unknown>[] } }
}

const types = readFileSync('node_modules/@microsoft/microsoft-graph-types/microsoft-graph.d.ts', 'utf8').replaceAll(
  '\r',
  '',
)

/** The properties of a type in Microsoft's own declarations: those before its relationships, where the alphabet begins again. */
function propertiesOf(type: string): string[] {
  const [, parent, body = ''] =
    new RegExp(`^export interface ${type}(?: extends (\\w+))? \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(types) ?? []
  const names = [...body.matchAll(/^ {4}(\w+)\?: .*;$/gm)].map(([, name = '']) => name)
  const relationships = names.findIndex((name, index) => name.toLowerCase() < (names[index - 1] ?? '').toLowerCase())
  return [...(parent ? propertiesOf(parent) : []), ...names.slice(0, relationships < 0 ? undefined : relationships)]
}

const ADDRESSES: [type: string, count: number, path: () => string][] = [
  ['User', 80, () => `/users/${[...conformance.tenant.users.keys()][0]}`],
  ['Group', 43, () => `/groups/${[...conformance.tenant.groups.keys()][0]}`],
  ['ServicePrincipal', 36, () => `/servicePrincipals(appId='${CONTOSO_APPLICATION.clientId}')`],
  ['Application', 41, () => '/applications'],
  ['Device', 32, () => '/devices/66666666-0000-4000-8000-000000000002'],
]

test.each(ADDRESSES)('every property of a %s is selected: %i of them', async (type, count, path) => {
  const names = propertiesOf(type)
  expect(names).toHaveLength(count)
  const { status, body } = await ask(`${path()}?$select=${names.join(',')}`)
  expect(status, JSON.stringify(body)).toBe(200)
  const [shown] = body.value ?? [body]
  // People who never signed in have no sign-in activity.
  expect(names.filter((name) => !(name in (shown ?? {}))).filter((name) => name !== 'signInActivity')).toEqual([])
  expect(body['@odata.context']).toContain(names.slice(-3).join(','))
})

test.each(ADDRESSES)('an unknown property of a %s is refused by its name', async (type, _, path) => {
  const name = type.charAt(0).toLowerCase() + type.slice(1)
  expect(await ask(`${path()}?$select=id,shoeSize`)).toMatchObject({
    status: 400,
    body: {
      error: {
        code: 'BadRequest',
        message: `Could not find a property named 'shoeSize' on type 'microsoft.graph.${name}'.`,
      },
    },
  })
})

test.each(['/users?$select=id,skills', '/users/delta?$select=aboutMe', '/groups?$select=unseenCount'])(
  '%s is refused, because the property can only be read of one object',
  async (path) => {
    expect(await ask(path)).toMatchObject({ status: 501, body: { error: { code: 'NotImplemented' } } })
  },
)

test('a list is empty and not null where nothing is set, and a security identifier is made of the object id', async () => {
  const [id = ''] = conformance.tenant.groups.keys()
  const { body } = await ask(`/groups/${id}?$select=groupTypes,assignedLicenses,membershipRule,securityIdentifier`)
  expect(body).toMatchObject({ groupTypes: [], assignedLicenses: [], membershipRule: null })
  expect(body.securityIdentifier).toMatch(/^S-1-12-1-\d+-\d+-\d+-\d+$/)
})
