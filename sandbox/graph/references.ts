import { chooseObjects } from './choose-objects'
import { DEVICE } from './device-kind'
import { DIRECTORY_OBJECT, type DirectoryObject, showObjects } from './directory-object'
import { contextOf, type GraphCall, holdsAny } from './graph-call'
import { badRequest } from './graph-error'
import { GROUP } from './group-kind'
import { type Kind, projectionOf } from './kind'
import { countOfList, listPage } from './list-page'
import { type Reach, reachedObjects } from './reached-objects'
import { SERVICE_PRINCIPAL } from './service-principal-kind'
import { USER } from './user-kind'

/** What an address through a reference says: of what, in which direction, and its last segments. */
export type Reference = { id: string; reach: Reach; cast?: string; counting: boolean }

const itemsOf = new WeakMap<readonly DirectoryObject[], readonly unknown[]>()

/** The bare items of a cast list; the same array as long as the list is. `objects` are of the kind's type alone. */
function bareItems<T extends { id: string }>(call: GraphCall, kind: Kind<T>, objects: readonly DirectoryObject[]) {
  const known = itemsOf.get(objects) as readonly T[] | undefined
  if (known) return known
  const registry = kind.registryOf(call.tenant)
  const items = objects.flatMap((one) => registry.get(one.id) ?? [])
  itemsOf.set(objects, items)
  return items
}

const wantedOf = (call: GraphCall, id: string, reach: Reach) => ({
  id,
  reach,
  seesHidden: holdsAny(call, ['Member.Read.Hidden']),
})

function listCast<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  { id, reach, counting }: Reference,
): Response {
  const items = bareItems(call, kind, reachedObjects(call.tenant, wantedOf(call, id, reach), kind.name))
  const chosen = chooseObjects(call, kind, { items, registry: null, reference: !counting })
  if (chosen instanceof Response) return chosen
  if (counting) return countOfList(call, chosen)
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const { names, show } = projection
  const context = contextOf(call, `${kind.set}${names ? `(${names.join(',')})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show })
}

function listMixed(call: GraphCall, { id, reach, counting }: Reference): Response {
  const items = reachedObjects(call.tenant, wantedOf(call, id, reach))
  const chosen = chooseObjects(call, DIRECTORY_OBJECT, { items, registry: null, reference: !counting })
  if (chosen instanceof Response) return chosen
  if (counting) return countOfList(call, chosen)
  const show = showObjects(call)
  if (show instanceof Response) return show
  const select = call.options.get('$select')
  const context = contextOf(call, `directoryObjects${select ? `(${select})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.members, show })
}

/** A list of members or memberships, cast to one type or of all, or its count. */
export function listReferences(call: GraphCall, reference: Reference): Response {
  switch (reference.cast?.toLowerCase()) {
    case undefined:
      return listMixed(call, reference)
    case 'user':
      return listCast(call, USER, reference)
    case 'group':
      return listCast(call, GROUP, reference)
    case 'serviceprincipal':
      return listCast(call, SERVICE_PRINCIPAL, reference)
    case 'device':
      return listCast(call, DEVICE, reference)
    default:
      return badRequest(`Unrecognized type cast 'microsoft.graph.${reference.cast}'.`, 'BadRequest')
  }
}
