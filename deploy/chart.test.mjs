import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { parseEnv } from '../lib/env'
import { SETTINGS } from '../scripts/clean-environment.mjs'
import { projectRoot } from '../scripts/project.mjs'
import { readText, readYaml, SECRETS } from './read-files.mjs'

const CHART = 'deploy/helm/rolecall'
const values = readYaml(`${CHART}/values.yaml`)
const schema = z.fromJSONSchema(JSON.parse(readText(`${CHART}/values.schema.json`)))
const templates = readdirSync(join(projectRoot, CHART, 'templates'))
  .map((name) => readText(`${CHART}/templates/${name}`))
  .join('\n')

test('the schema accepts the values of the chart, and refuses what is misspelt or of another kind', () => {
  expect(schema.safeParse(values).error).toBeUndefined()
  expect(schema.safeParse({ ...values, portalURL: 'https://rolecall.example.com' }).success).toBe(false)
  expect(schema.safeParse({ ...values, portalUrl: 'rolecall.example.com' }).success).toBe(false)
  expect(schema.safeParse({ ...values, worker: { ...values.worker, replicas: 0 } }).success).toBe(false)
  expect(schema.safeParse({ ...values, trustedProxies: '1' }).success).toBe(false)
})

test('the templates ask for values that exist, and for every one of them', () => {
  const asked = new Set([...templates.matchAll(/\.Values\.([\w.]+)/g)].map(([, path]) => path))
  const missing = [...asked].filter(
    (path) => path.split('.').reduce((at, key) => at?.[key], { ...values }) === undefined,
  )
  expect(missing).toEqual([])
  const unused = Object.keys(values).filter((key) => ![...asked].some((path) => path.split('.')[0] === key))
  expect(unused).toEqual([])
})

const HELM = process.env.HELM || 'helm'
const hasHelm = spawnSync(HELM, ['version']).status === 0

/** What Helm makes of the chart: its objects, or what it says where it refuses. */
function render(settings = {}) {
  const all = { 'azure.clientId': CLIENT, 'azure.tenantId': TENANT, 'ingress.enabled': 'true', ...settings }
  const set = Object.entries(all).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const { status, stdout, stderr } = spawnSync(
    HELM,
    ['template', 'test', join(projectRoot, CHART), '--kube-version=1.34.0', ...set],
    {
      encoding: 'utf8',
    },
  )
  if (status !== 0) return { refusal: stderr, objects: [] }
  return { refusal: null, objects: parseAllDocuments(stdout).map((document) => document.toJS()) }
}

const CLIENT = '5a9d0b0e-0000-4000-8000-726f6c656361'
const TENANT = '5a9d0b0e-0000-4000-8000-726f6c656362'
const WORKLOADS = ['Deployment', 'Job']

describe.runIf(hasHelm)('with Helm', () => {
  const { objects, refusal } = hasHelm ? render() : { objects: [], refusal: null }
  const workloads = objects.filter(({ kind }) => WORKLOADS.includes(kind))
  const partOf = ({ metadata }) => metadata.labels['app.kubernetes.io/component']
  const podOf = ({ spec }) => spec.template.spec
  const containerOf = (workload) => podOf(workload).containers[0]
  const find = (kind, part) => objects.find((one) => one.kind === kind && (!part || partOf(one) === part))

  test('it makes a portal, workers, migrations and what stands around them', () => {
    expect(refusal).toBeNull()
    expect(objects.map((one) => `${one.kind} ${partOf(one)}`).sort()).toEqual([
      'Deployment portal',
      'Deployment worker',
      'Ingress portal',
      'Job migration',
      'NetworkPolicy migration',
      'NetworkPolicy portal',
      'NetworkPolicy worker',
      'PodDisruptionBudget portal',
      'PodDisruptionBudget worker',
      'Service portal',
      'ServiceAccount account',
    ])
  })

  test('no secret stands in it, and each process is given settings that exist, and all that it needs', () => {
    for (const workload of workloads) {
      const { env } = containerOf(workload)
      expect(SETTINGS).toEqual(expect.arrayContaining(env.map(({ name }) => name)))
      for (const { name, value, valueFrom } of env)
        expect(name in SECRETS ? valueFrom.secretKeyRef.key : typeof value, name).toBe(
          name in SECRETS ? name : 'string',
        )
      const given = Object.fromEntries(env.map(({ name, value }) => [name, value ?? SECRETS[name]]))
      expect(parseEnv(given)).toMatchObject({ mode: 'azure', warnings: [], databaseUrl: SECRETS.DATABASE_URL })
      const knows = env.some(({ name }) => name === 'DATABASE_MIGRATION_URL')
      expect(knows, partOf(workload)).toBe(partOf(workload) === 'migration')
    }
    expect(parseEnv(Object.fromEntries(containerOf(find('Deployment', 'portal')).env.map(toSetting))).worker).toBe(
      false,
    )
  })

  const toSetting = ({ name, value }) => [name, value ?? SECRETS[name]]

  test('every pod runs without rights, on a file system that it cannot change, with no token of Kubernetes', () => {
    for (const workload of workloads) {
      expect(podOf(workload)).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
        volumes: [{ name: 'tmp', emptyDir: {} }],
      })
      expect(containerOf(workload)).toMatchObject({
        securityContext: {
          ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      })
      expect(containerOf(workload).resources.limits.memory).toMatch(/^\d+[MG]i$/)
    }
  })

  test('the portal is asked where it answers, is not killed for a lost database, and has the time that its end takes', () => {
    const portal = find('Deployment', 'portal')
    const { startupProbe, readinessProbe, livenessProbe } = containerOf(portal)
    for (const { httpGet } of [startupProbe, readinessProbe]) {
      expect(existsSync(join(projectRoot, `app${httpGet.path}/route.ts`))).toBe(true)
      expect(httpGet.port).toBe('http')
    }
    expect(livenessProbe.httpGet).toBeUndefined()
    expect(podOf(portal).terminationGracePeriodSeconds).toBeGreaterThan(3 + 9)
    expect(podOf(find('Deployment', 'worker')).terminationGracePeriodSeconds).toBeGreaterThan(9)
    expect(find('Deployment', 'worker').spec.replicas).toBe(2)
  })

  test('migrations run once, before anything else of a version, and may reach the database by then', () => {
    const { metadata, spec } = find('Job', 'migration')
    const policy = find('NetworkPolicy', 'migration').metadata.annotations
    expect(metadata.annotations['helm.sh/hook']).toBe('pre-install,pre-upgrade')
    expect(policy['helm.sh/hook']).toBe('pre-install,pre-upgrade')
    expect(Number(policy['helm.sh/hook-weight'])).toBeLessThan(Number(metadata.annotations['helm.sh/hook-weight']))
    expect(spec.template.spec.serviceAccountName).toBeUndefined()
  })

  test('the network lets in the ingress only, and out names, PostgreSQL and https', () => {
    const portsOf = (rules) => rules.flatMap(({ ports }) => ports.map(({ port }) => port))
    const [portal, worker, migration] = ['portal', 'worker', 'migration'].map(
      (part) => find('NetworkPolicy', part).spec,
    )
    expect(portal.ingress).toEqual([
      {
        ports: [{ port: 'http', protocol: 'TCP' }],
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } }],
      },
    ])
    for (const { ingress } of [worker, migration]) expect(ingress).toBeUndefined()
    for (const { policyTypes } of [portal, worker, migration]) expect(policyTypes).toEqual(['Ingress', 'Egress'])
    expect(portsOf(portal.egress)).toEqual([53, 53, 5432, 443])
    expect(portsOf(worker.egress)).toEqual([53, 53, 5432, 443])
    expect(portsOf(migration.egress)).toEqual([53, 53, 5432])
    for (const policy of objects.filter(({ kind }) => kind === 'NetworkPolicy')) {
      const workload = workloads.find((one) => partOf(one) === partOf(policy))
      expect(workload.spec.template.metadata.labels).toMatchObject(policy.spec.podSelector.matchLabels)
    }
  })

  test('it refuses what cannot work', () => {
    expect(render({ 'azure.clientId': '' }).refusal).toContain('azure.clientId is the ID of the registered application')
    expect(render({ portalUrl: 'rolecall.example.com' }).refusal).toContain('portalUrl')
    expect(render({ replicas: 3 }).refusal).toContain('replicas')
  })
})
