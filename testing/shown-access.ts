import type { Actor } from '@/db/actor'
import { getResultAt } from '@/db/queries/as-of'
import { getConnection } from '@/db/queries/connections'
import { listDenialsByPrincipal } from '@/db/queries/denials'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { getPersonAccess } from '@/db/queries/person-access'
import type { Snapshot } from '@/db/queries/snapshot'
import { explainAccess } from '@/lib/domain/access-paths'
import type { Cursor, HolderFilter } from '@/lib/domain/views'
import { accessKey, type EffectiveAccess, wayOf } from './true-access'

/** Everyone and everything that a connection's lists name, page by page. */
export async function holdersOf(actor: Actor, connection: Snapshot, who: HolderFilter['who']) {
  const found = []
  let cursor: Cursor | null = null
  do {
    const page = await listHolders(actor, connection, { ...ALL_PEOPLE, who, cursor }, 200)
    found.push(...page.rows)
    cursor = page.next
  } while (cursor)
  return found
}

/** The result that a connection's pages show, now or at a moment. */
export async function resultShown(actor: Actor, connectionId: string, at?: Date): Promise<Snapshot> {
  const connection = await getConnection(actor, connectionId)
  if (!connection) throw new Error('There is no such connection.')
  if (!at) return connection
  const result = await getResultAt(actor, connection, at)
  if (result?.kind !== 'found') throw new Error(`Nothing is shown at ${at.toISOString()}: ${result?.kind}.`)
  return result.snapshot
}

/**
 * What the product shows of a connection, now or at a moment: everyone that its lists name, each with the access that their own
 * page explains. Groups that are opened are not access of their own; one that the directory does not know is.
 */
export async function shownAccess(actor: Actor, connectionId: string, at?: Date): Promise<EffectiveAccess> {
  const connection = await resultShown(actor, connectionId, at)
  const groups = await holdersOf(actor, connection, 'groups')
  const holders = [
    ...(await holdersOf(actor, connection, 'people')),
    ...(await holdersOf(actor, connection, 'others')),
    ...groups.filter(({ kind, status }) => kind === 'foreign_group' || status === 'not_found'),
  ]
  const denialsOf = await listDenialsByPrincipal(actor, connection, holders)
  const found: EffectiveAccess = new Map()
  for (const { principalId, grants } of holders) {
    const { access, denies } = await accessOf(actor, connection, principalId)
    const [asked, own] = [denialsOf.get(principalId) ?? [], denies].map((some) => some.map(({ key }) => key).join())
    if (asked !== own) throw new Error(`Denials that name ${principalId}: ${own} on their page, ${asked} when asked.`)
    if (access.size !== grants) throw new Error(`${principalId} is listed with ${grants} roles, not ${access.size}.`)
    for (const [key, role] of access) found.set(key, role)
  }
  return found
}

/** What the page of one person explains of a result, who must be somebody that it lists, and the denials that name them. */
export async function accessOf(actor: Actor, connection: Snapshot, principalId: string) {
  const page = await getPersonAccess(actor, connection, principalId)
  if (!page) throw new Error(`${principalId} is listed, but has no page.`)
  const access: EffectiveAccess = new Map()
  for (const { roleId, scope, kind, paths, truncated } of explainAccess(page)) {
    access.set(accessKey(principalId, roleId, scope, kind), {
      ways: new Set(
        paths.map(({ grant, groups: outward }) => wayOf(nameIn(grant.key), outward.map(({ id }) => id).reverse())),
      ),
      truncated,
      deniedBy: page.denies
        .filter((deny) => reaches(deny, scope))
        .map(({ key }) => nameIn(key))
        .sort(),
    })
  }
  return { access, denies: page.denies }
}

/** The assignment's own name: what comes last in its key, or in front of the principal, the role and the kind of a delegation. */
const nameIn = (key: string) => key.split(' ').at(key.startsWith('delegated ') ? -4 : -1) ?? ''

/** Whether a denial is made at a scope or, unless it spares child scopes, above it. */
function reaches(deny: { scope: string; sparesChildren: boolean }, scope: string): boolean {
  const [at, own] = [deny.scope.toLowerCase(), scope.toLowerCase()]
  return at === own || (!deny.sparesChildren && own.startsWith(`${at}/`))
}
