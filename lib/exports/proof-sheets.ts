import { BLIND_SPOTS } from '@/lib/domain/blind-spots'
import type { Proof } from './proof'
import type { Cell, Cells } from './table'

type Fact = readonly [about: string, what: string, value: Cell]

/** What proves an export, as sheets of its workbook: what it is, how far the lists were read, and what was asked for. */
export const proofSheets = (proof: Proof): Cells[] => [factsOf(proof), coverageOf(proof), requestsOf(proof)]

const sheet = (name: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Cells => ({
  name,
  columns,
  rows: (async function* () {
    yield rows
  })(),
})

const moment = (text: string | null): Date | null => (text === null ? null : new Date(text))

function factsOf({ exported, product, rows, counted, results, notShown, files, signature }: Proof): Cells {
  const facts: Fact[] = [
    ['export', 'list', exported.list],
    ['export', 'exported at (UTC)', moment(exported.at)],
    ['export', 'exported by', exported.byName],
    ['export', 'their address', exported.byEmail],
    ['export', 'product', `${product.name} ${product.version}`],
    ['export', 'portal', product.portal],
    ['export', 'rows', rows],
    ['export', `all ${counted.unit} without a filter`, counted.all],
    ['export', `${counted.unit} that meet all filters`, counted.listed],
    ...counted.filters.map(
      ({ name, value, leavesOut }): Fact => [
        'filter',
        `${name} is ${value}: ${counted.unit} left out by it`,
        leavesOut,
      ],
    ),
    ...(counted.notKnown ?? []).map((sentence): Fact => ['export', 'not known', sentence]),
    ...results.flatMap(factsOfResult),
    ...notShown.map(({ label, why }): Fact => [label, 'not shown, because', why]),
    ...files.map(({ name, sha256 }): Fact => ['file', `SHA-256 of ${name}`, sha256]),
    ['signature', 'algorithm', signature.algorithm],
    ['signature', 'key', signature.key],
    ['signature', 'public keys', signature.publicKeys],
    ['signature', 'how to verify', 'Settings, Exports in the portal; or `npm run verify -- <this file>`'],
  ]
  return sheet('Proof', ['about', 'what', 'value'], facts)
}

function factsOfResult({
  subscription,
  tenantId,
  publishedAt,
  run,
  account,
  ...more
}: Proof['results'][number]): Fact[] {
  const about = subscription.label
  return [
    [about, 'subscription', subscription.name],
    [about, 'subscription ID', subscription.id],
    [about, 'tenant ID', tenantId],
    [about, 'shown as of (UTC)', moment(publishedAt)],
    [about, 'run', run?.id ?? null],
    [about, 'run began (UTC)', moment(run?.startedAt ?? null)],
    [about, 'run ended (UTC)', moment(run?.finishedAt ?? null)],
    [about, 'requests sent', run?.requestsSent ?? null],
    [about, 'of them repeated', run?.ofThemRepeated ?? null],
    ...more.directoryReadAt.map((at): Fact => [about, 'directory read from (UTC), maybe by another run', moment(at)]),
    [about, 'read with', `${account.name} (${account.kind})`],
    [about, 'object ID of the account', account.objectId],
    [about, 'permissions granted', account.permissionsGranted],
    [about, 'permissions missing', account.permissionsMissing],
    [about, 'roles of the account here', account.roles],
    [about, 'active assignments', more.assignments.active],
    [about, 'activated assignments', more.assignments.activated],
    [about, 'eligible assignments', more.assignments.eligible],
    [about, 'assignments that count for Azure’s limit', more.assignments.own],
    [about, 'Azure’s own count of these', more.assignments.counted?.azure ?? null],
    [about, 'of them read at that time', more.assignments.counted?.read ?? null],
    [about, 'time of that count (UTC)', moment(more.assignments.counted?.at ?? null)],
    ...more.reperform.map((line): Fact => [about, 'to list the same with Azure’s own tool', line]),
  ]
}

function coverageOf({ results }: Proof): Cells {
  const columns = ['subscription', 'list', 'state', 'read', 'missing', 'why', 'kept_from_earlier', 'kept_since']
  const rows = results.flatMap(({ subscription, coverage }) =>
    coverage.map((line): Cell[] => [
      subscription.label,
      BLIND_SPOTS[line.dataset].title,
      ...[line.state, line.read, line.missing, line.why ?? null],
      line.kept ?? null,
      moment(line.keptSince ?? null),
    ]),
  )
  return sheet('Coverage', columns, rows)
}

function requestsOf({ results }: Proof): Cells {
  const columns = [
    ...['subscription', 'method', 'host', 'path', 'api_version', 'query', 'in_a_batch'],
    ...['requests', 'further_pages', 'answers', 'rows_received'],
  ]
  const rows = results.flatMap(({ subscription, requests }) =>
    (requests ?? []).map((one): Cell[] => [
      ...[subscription.label, one.method, one.host, one.path, one.apiVersion, one.query, one.batched],
      ...[one.requests, one.furtherPages],
      Object.entries(one.statuses).map(([status, times]) => `${status}: ${times}`),
      one.rows,
    ]),
  )
  return sheet('Requests', columns, rows)
}
