import { readFileSync } from 'node:fs'
import { Client } from 'pg'

/** A few shards are as good as many to see whether a statement finds the one it needs, and are made faster. */
const SHARDS = 4

type Node = { host: string; port: number; isCoordinator: boolean }

/**
 * Makes an empty database of a Citus cluster: on every node, because each has databases of its own. Where the coordinator is the only
 * node, the shards are on it.
 *
 * @param coordinator the address of a superuser on the coordinator, in a database that knows the nodes; they all take the same user
 * @param roles the statements that make the users
 */
export async function createOnCluster(
  coordinator: string,
  { name, owner, roles }: { name: string; owner: string; roles: string[] },
): Promise<void> {
  const nodes = await listNodes(coordinator)
  for (const node of nodes) {
    for (const role of roles) await query(addressOn(coordinator, node), role)
    await query(addressOn(coordinator, node), `create database ${name} owner ${owner}`)
    await query(addressOn(coordinator, node, name), 'create extension citus')
  }
  const workers = nodes.filter(({ isCoordinator }) => !isCoordinator)
  const { host, port } = nodes.find(({ isCoordinator }) => isCoordinator) ?? hostOf(coordinator)
  const made = addressOn(coordinator, hostOf(coordinator), name)
  await query(made, `select citus_set_coordinator_host('${host}', ${port})`)
  for (const worker of workers) await query(made, `select citus_add_node('${worker.host}', ${worker.port})`)
  if (workers.length === 0)
    await query(made, `select citus_set_node_property('${host}', ${port}, 'shouldhaveshards', true)`)
}

/** Spreads the tables of a migrated database over the nodes, as an operator does. */
export async function distribute(coordinator: string, name: string): Promise<void> {
  const script = readFileSync('scripts/distribute.sql', 'utf8')
  await query(addressOn(coordinator, hostOf(coordinator), name), `set citus.shard_count = ${SHARDS}; ${script}`)
}

export async function dropOnCluster(coordinator: string, name: string): Promise<void> {
  for (const node of await listNodes(coordinator))
    await query(addressOn(coordinator, node), `drop database if exists ${name} with (force)`)
}

async function listNodes(coordinator: string): Promise<Node[]> {
  const rows = await query<Node>(
    coordinator,
    `select nodename as host, nodeport as port, groupid = 0 as "isCoordinator" from pg_dist_node where noderole = 'primary'`,
  )
  return rows.some(({ isCoordinator }) => isCoordinator) ? rows : [hostOf(coordinator), ...rows]
}

function hostOf(coordinator: string): Node {
  const { hostname, port } = new URL(coordinator)
  return { host: hostname, port: Number(port || 5432), isCoordinator: true }
}

/** The coordinator is always reached at the address that was given: what it calls itself may be `localhost`. */
function addressOn(coordinator: string, { host, port, isCoordinator }: Node, database?: string): string {
  const place = isCoordinator ? {} : { hostname: host, port: String(port) }
  return Object.assign(new URL(coordinator), place, database ? { pathname: `/${database}` } : {}).href
}

async function query<Row>(connectionString: string, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const answer = await client.query(statement)
    return Array.isArray(answer) ? [] : answer.rows
  } finally {
    await client.end()
  }
}
