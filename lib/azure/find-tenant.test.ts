import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { pointAt, startStandIn, TENANT } from '@/testing/stand-in'
import { findTenant } from './find-tenant'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())
beforeEach(() => {
  const issuer = `https://login.microsoftonline.com/${TENANT.toUpperCase()}/v2.0`
  microsoft.answer(() => ({ json: { issuer } }))
})

const asked = () => microsoft.asked.map(({ url }) => url.href)
const configurationOf = (name: string) =>
  `https://login.microsoftonline.com/${name}/v2.0/.well-known/openid-configuration`

test('a tenant is found by its ID and by a domain, however they are typed', async () => {
  for (const typed of [TENANT, ` ${TENANT.toUpperCase()} `, 'contoso.example', 'Contoso.OnMicrosoft.com'])
    expect(await findTenant(typed)).toBe(TENANT)
  expect(asked()).toEqual([TENANT, TENANT, 'contoso.example', 'contoso.onmicrosoft.com'].map(configurationOf))
})

test.each([
  'https://evil.example/contoso.example',
  '//evil.example/a.bc',
  'contoso.example@evil.example',
  'contoso.example:8080',
  'contoso.example/../../evil.example',
  'contoso.example/..%2f..',
  'contoso.example?x=y',
  'contoso.example#x',
  '..',
  'a..example',
  '169.254.169.254',
  '[::1]',
  'localhost',
  'contoso.example\r\nHost: evil.example',
  '',
])('%j names no tenant, and nothing is asked', async (typed) => {
  await expect(findTenant(typed)).rejects.toMatchObject({ code: 'tenant_unknown' })
  expect(asked()).toEqual([])
})

test('whatever is typed, it reaches Microsoft as one part of the path, or not at all', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.emailAddress()), async (typed) => {
      microsoft.asked.length = 0
      await findTenant(typed).catch((error: unknown) => expect(error).toMatchObject({ code: 'tenant_unknown' }))
      for (const address of asked()) expect(address).toBe(configurationOf(typed.trim().toLowerCase()))
    }),
  )
})
