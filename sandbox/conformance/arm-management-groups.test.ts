import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArmSandbox, IDS, startArmSandbox } from '../arm/start-arm-sandbox'
import { SHAPES } from './shape'

const { text, guid, is, list, number, time, object, optional } = SHAPES
const ROOT = '/providers/Microsoft.Management/managementGroups'
const VERSION = 'api-version=2020-05-01'
const NAMED = { id: text, type: is('Microsoft.Management/managementGroups'), name: text }

/** Azure/azure-rest-api-specs, Microsoft.Management stable/2020-05-01 management.json @029741f2, ManagementGroupInfo. */
const LISTED = object({
  value: list(object({ ...NAMED, properties: object({ tenantId: guid, displayName: text }) })),
  nextLink: optional(text),
})
const ELEMENT = object({ name: text, displayName: text })

/** The same, ManagementGroup with its details. */
const SHOWN = object({
  ...NAMED,
  properties: object({
    tenantId: guid,
    displayName: text,
    details: object({
      version: number,
      updatedTime: time,
      updatedBy: text,
      parent: object({ id: text, name: text, displayName: text }),
      path: list(ELEMENT),
    }),
    children: list(
      object({
        id: text,
        type: is('Microsoft.Management/managementGroups', '/subscriptions'),
        name: text,
        displayName: text,
      }),
    ),
  }),
})

let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
})
afterAll(() => arm.sandbox.close())

test('management groups are listed with exactly the documented properties', async () => {
  const { status, body } = await arm.ask<{ value: { name: string }[] }>(`${ROOT}?${VERSION}`)
  expect([status, LISTED(body, 'body')]).toEqual([200, []])
  expect(body.value.map((one) => one.name).sort()).toEqual(['Platform', IDS.tenant].sort())
})

test('a management group is shown with its parent, the path to it and what is below', async () => {
  const { status, body } = await arm.ask(`${ROOT}/platform?${VERSION}&$expand=children,path`)
  expect([status, SHOWN(body, 'body')]).toEqual([200, []])
  expect(body).toMatchObject({
    name: 'Platform',
    properties: {
      details: { parent: { name: IDS.tenant }, path: [{ name: IDS.tenant }, { name: 'Platform' }] },
      children: [{ id: `/subscriptions/${IDS.web}`, displayName: 'Web' }],
    },
  })
})
