import { APPLICATION, applicationsOf } from './application-kind'
import { chooseObjects } from './choose-objects'
import { showObject } from './collection'
import { contextOf, type GraphCall, isPlainGuest } from './graph-call'
import { denied } from './graph-error'
import { projectionOf } from './kind'
import { listPage } from './list-page'

/** `GET /applications`: those the tenant registered itself. */
export function listApplications(call: GraphCall): Response {
  if (isPlainGuest(call)) return denied()
  const projection = projectionOf(call, APPLICATION)
  if (projection instanceof Response) return projection
  const registry = applicationsOf(call.world, call.tenant.id)
  const chosen = chooseObjects(call, APPLICATION, { items: registry.list(), registry })
  if (chosen instanceof Response) return chosen
  const { names, show } = projection
  const context = contextOf(call, `applications${names ? `(${names.join(',')})` : ''}`)
  return listPage(call, chosen, { context, size: call.tenant.pageSizes.users, show })
}

/** `GET /applications/{id}`. */
export function getApplication(call: GraphCall, id: string): Response {
  return showObject(call, APPLICATION, id, applicationsOf(call.world, call.tenant.id).get(id.toLowerCase()))
}
