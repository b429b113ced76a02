import { expect, test } from 'vitest'
import { parseEnv } from '../lib/env'
import { SETTINGS } from '../scripts/clean-environment.mjs'
import { readText, readYaml, SECRETS } from './read-files.mjs'

const compose = readYaml('compose.yaml')
const { portal, worker, migrate, postgres } = compose.services
const ours = { portal, worker, migrate }

/** What somebody sets who starts it: everything that has no default. */
const GIVEN = {
  AZURE_CLIENT_ID: '5a9d0b0e-0000-4000-8000-726f6c656361',
  AZURE_TENANT_ID: '5a9d0b0e-0000-4000-8000-726f6c656362',
  AZURE_CLIENT_SECRET: SECRETS.AZURE_CLIENT_SECRET,
  AUTH_SECRET: SECRETS.AUTH_SECRET,
  ENCRYPTION_KEYS: SECRETS.ENCRYPTION_KEYS,
  POSTGRES_PASSWORD: '0123abcd',
  ROLECALL_DB_PASSWORD: '4567abcd',
  ROLECALL_DB_OWNER_PASSWORD: '89abcdef',
}

/** Puts variables in as Compose does: `${NAME:-otherwise}`, and `${NAME:?why}`, which refuses the start. */
const fillIn = (text, given) =>
  text.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name, sign, rest) => {
    if (given[name]) return given[name]
    if (sign === '?') throw new Error(`${name} is not set: ${rest}`)
    return rest
  })

const settingsOf = (service, given = GIVEN) =>
  Object.fromEntries(Object.entries(service.environment).map(([name, value]) => [name, fillIn(value, given)]))

test.each(Object.entries(ours))('%s is given settings that exist, and all that it needs', (_, service) => {
  expect(SETTINGS).toEqual(expect.arrayContaining(Object.keys(service.environment)))
  const { databaseUrl, mode, warnings } = parseEnv(settingsOf(service))
  expect({ databaseUrl, mode, warnings }).toEqual({
    databaseUrl: 'postgres://rolecall:4567abcd@postgres:5432/rolecall?sslmode=disable',
    mode: 'azure',
    warnings: [],
  })
})

test.each(Object.keys(GIVEN))('nothing starts without %s', (name) => {
  const text = readText('compose.yaml').replaceAll(/^\s*#.*$/gm, '')
  expect(() => fillIn(text, { ...GIVEN, [name]: '' })).toThrow(`${name} is not set`)
})

test('the portal leaves the syncs to two workers, and only the migrations know who owns the tables', () => {
  expect(parseEnv(settingsOf(portal)).worker).toBe(false)
  expect(worker.deploy.replicas).toBe(2)
  expect(worker.command).toEqual(['node', 'scripts/start.mjs', '--no-install', '--worker'])
  expect(migrate.command).toEqual(['node', 'scripts/start.mjs', '--no-install', '--migrate'])
  const knowing = Object.keys(ours).filter((name) => 'DATABASE_MIGRATION_URL' in ours[name].environment)
  expect(knowing).toEqual(['migrate'])
  for (const { depends_on } of [portal, worker])
    expect(depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } })
})

test('no process of ours can take all memory of the machine', () => {
  for (const service of Object.values(ours)) expect(service.mem_limit).toMatch(/^\d+[mg]$/)
})

test('containers write nowhere but to /tmp, have no rights of root, and the database is reached from inside only', () => {
  for (const service of Object.values(ours))
    expect(service).toMatchObject({
      ...{ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] },
      image: portal.image,
    })
  expect(compose.networks.database.internal).toBe(true)
  expect(postgres.networks).toEqual(['database'])
  expect(postgres.ports).toBeUndefined()
  expect(portal.ports).toEqual(['127.0.0.1:3000:3000'])
  expect(readText('Dockerfile')).toMatch(/^USER node$/m)
})
