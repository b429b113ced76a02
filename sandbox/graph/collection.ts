import { chooseObjects } from './choose-objects'
import { contextOf, type GraphCall, isPlainGuest } from './graph-call'
import { denied, notFound } from './graph-error'
import { type Kind, projectionOf } from './kind'
import { countOfList, listPage } from './list-page'

const nameOf = (set: string, names: string[] | null) => `${set}${names ? `(${names.join(',')})` : ''}`

/** `GET /{set}` of any type. */
export function listCollection<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Response {
  if (isPlainGuest(call)) return denied()
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  const registry = kind.registryOf(call.tenant)
  const chosen = chooseObjects(call, kind, { items: registry.list(), registry })
  if (chosen instanceof Response) return chosen
  const context = contextOf(call, nameOf(kind.set, projection.names))
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.users, show: projection.show })
}

/** `GET /{set}/$count` of any type. */
export function countCollection<T extends { id: string }>(call: GraphCall, kind: Kind<T>): Response {
  if (isPlainGuest(call)) return denied()
  const registry = kind.registryOf(call.tenant)
  const chosen = chooseObjects(call, kind, { items: registry.list(), registry })
  return chosen instanceof Response ? chosen : countOfList(call, chosen)
}

/** One object, `undefined` when there is none of that name. */
export function showObject<T extends { id: string }>(
  call: GraphCall,
  kind: Kind<T>,
  name: string,
  item: T | undefined,
): Response {
  if (isPlainGuest(call)) return denied()
  const projection = projectionOf(call, kind)
  if (projection instanceof Response) return projection
  if (!item) return notFound(name)
  return Response.json({
    '@odata.context': contextOf(call, `${nameOf(kind.set, projection.names)}/$entity`),
    ...projection.show(item),
  })
}
