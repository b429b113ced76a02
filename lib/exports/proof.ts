import { readFileSync } from 'node:fs'
import type { Actor } from '@/db/actor'
import { listMatchingGrants } from '@/db/queries/grants'
import { getMemberEmail, getProofFacts, type ProofFacts } from '@/db/queries/proof-facts'
import { publishedOf, type Snapshot } from '@/db/queries/snapshot'
import { NotFound } from '@/lib/actor'
import { OPTIONAL_SCOPES, PERMISSIONS } from '@/lib/domain/permissions'
import type { RequestsMade } from '@/lib/domain/request-ledger'
import type { AzureCount, CoverageLine } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import type { PackedFile } from './zip'

/** How many of those that a list is about were left out by each filter, had it been the only one, and by all together. */
export type Counted = {
  /** What is counted, such as `people`. */
  unit: string
  /** All that there are without a filter, and those that meet all filters. */
  all: number
  listed: number
  filters: { name: string; value: string; leavesOut: number }[]
  /** Sentences about what may be missing although nothing has left it out. The coverage tells of what is true of every list. */
  notKnown?: string[]
}

/** What an export is of. */
export type Exported = {
  list: string
  format: string
  /** The instants that it shows: one for each subscription; none for what is no result of a sync. */
  snapshots: Snapshot[]
  /** The subscriptions of which nothing is shown as of the moment that was asked for, each with what follows *because*. */
  notShown?: { label: string; why: string }[]
  count: () => Promise<Counted>
}

/** Where the rows of one subscription come from. */
type ProvenResult = {
  tenantId: string
  subscription: { id: string; name: string; label: string }
  /** The instant that is shown: everything is as the run that published it has read it. */
  publishedAt: string
  run: {
    id: string
    trigger: string
    requestedBy: string | null
    startedAt: string | null
    finishedAt: string | null
    requestsSent: number
    ofThemRepeated: number
  } | null
  account: {
    kind: string
    name: string
    objectId: string
    clientId: string | null
    tenantId: string
    permissionsGranted: string[]
    permissionsMissing: string[]
    /** What the account itself holds here, by this result. */
    roles: string[]
  }
  coverage: CoverageLine[]
  /**
   * Rolecall's own counts; `own` are those that Azure counts for the limit of a subscription. `counted` is Azure's own count, with what
   * was read of them at that moment.
   */
  assignments: ProofFacts['assignments'] & { ofRun: number | null; counted: AzureCount | null }
  /** Null for a run of before requests were written down. */
  requests: RequestsMade[] | null
  directoryReadAt: string[]
  reperform: string[]
}

/** What is filed beside an export, so that nobody has to take it on trust. Its form is part of what is signed. */
export type Proof = {
  form: 'rolecall-export-proof/1'
  product: { name: 'Rolecall'; version: string; portal: string }
  exported: { at: string; byName: string; byEmail: string | null; list: string; format: string }
  rows: number
  counted: Counted
  results: ProvenResult[]
  notShown: { label: string; why: string }[]
  files: PackedFile[]
  signature: { algorithm: 'Ed25519'; key: string; publicKeys: string }
}

/** Where anybody can fetch the public keys of this installation. */
export const PUBLIC_KEYS_PATH = '/.well-known/rolecall-signing-keys'

type Made = { at: Date; rows: number; files: PackedFile[]; keyId: string }

/**
 * Puts together what proves an export, from what is known of the runs that it shows. Of what never published nothing is said.
 *
 * @throws NotFound when a result is gone that the export shows: rows of it may be missing, so that it must not be signed
 */
export async function makeProof(actor: Actor, exported: Exported, made: Made): Promise<Proof> {
  const results: ProvenResult[] = []
  for (const snapshot of exported.snapshots) {
    const facts = await getProofFacts(actor, snapshot)
    if (!facts && publishedOf(snapshot)) throw new NotFound('A subscription was deleted while it was exported.')
    if (facts) results.push(proveResult(facts, await listOwnRoles(actor, snapshot, facts)))
  }
  return {
    form: 'rolecall-export-proof/1',
    product: { name: 'Rolecall', version: productVersion(), portal: env().portalUrl },
    exported: {
      at: made.at.toISOString(),
      byName: actor.name,
      byEmail: await getMemberEmail(actor),
      list: exported.list,
      format: exported.format,
    },
    rows: made.rows,
    counted: await exported.count(),
    results,
    notShown: exported.notShown ?? [],
    files: made.files,
    signature: { algorithm: 'Ed25519', key: made.keyId, publicKeys: env().portalUrl + PUBLIC_KEYS_PATH },
  }
}

const BASE_SCOPES: readonly string[] = PERMISSIONS.map(({ scope }) => scope)
const APPLICATION_SCOPES = ['User.Read.All']

function proveResult(facts: ProofFacts, roles: string[]): ProvenResult {
  const { account, run, subscriptionId: id } = facts
  const base = account.kind === 'application' ? APPLICATION_SCOPES : BASE_SCOPES
  return {
    tenantId: facts.tenantId,
    subscription: { id, name: facts.subscriptionName, label: facts.label },
    publishedAt: facts.publishedAt.toISOString(),
    run: run && {
      ...{ id: run.id, trigger: run.trigger, requestedBy: run.requestedByName },
      startedAt: run.startedAt?.toISOString() ?? null,
      finishedAt: run.finishedAt?.toISOString() ?? null,
      ...{ requestsSent: run.calls, ofThemRepeated: run.retries },
    },
    account: {
      ...{ kind: account.kind, name: account.name, objectId: account.objectId, clientId: account.clientId },
      tenantId: account.tenantId,
      permissionsGranted: [...base, ...account.optionalScopes],
      permissionsMissing: OPTIONAL_SCOPES.filter((scope) => !account.optionalScopes.includes(scope)),
      roles,
    },
    coverage: run?.coverage ?? [],
    assignments: {
      ...facts.assignments,
      ofRun: run?.assignments ?? null,
      counted: run?.coverage.find(({ dataset }) => dataset === 'assignments')?.counted ?? null,
    },
    requests: run?.requests?.made ?? null,
    directoryReadAt: run?.requests?.directoryReadAt ?? [],
    reperform: [
      // Without a scope the command reads the list of the subscription unfiltered, which has inherited assignments too.
      `az role assignment list --all --subscription ${id} --fill-principal-name false --output json`,
      `az rest --method get --url "https://management.azure.com/subscriptions/${id}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances?api-version=2020-10-01"`,
      'az ad group member list --group <the id of a group> --output json',
    ],
  }
}

async function listOwnRoles(actor: Actor, snapshot: Snapshot, { account }: ProofFacts): Promise<string[]> {
  const grants = await listMatchingGrants(actor, snapshot, [account.objectId])
  return grants.map(({ roleName, roleId, scope, kind }) => `${roleName ?? roleId} (${kind}) at ${scope}`)
}

let version: string | undefined

/** The version of the product, as its package says it. */
function productVersion(): string {
  version ??= String(JSON.parse(readFileSync('package.json', 'utf8')).version)
  return version
}
