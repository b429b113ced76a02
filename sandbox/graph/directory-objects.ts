import { JsonResponse } from '../json-response'
import { DEVICE } from './device-kind'
import { type DirectoryObject, findObject, showObjects } from './directory-object'
import { contextOf, type GraphCall, holdsAny, isPlainGuest } from './graph-call'
import { badRequest, denied, notFound } from './graph-error'
import { GROUP } from './group-kind'
import { readBody, stringsIn } from './read-body'
import { SERVICE_PRINCIPAL } from './service-principal-kind'
import { USER } from './user-kind'

const MAX_IDS = 1_000
const READERS = {
  user: USER.readers,
  group: GROUP.readers,
  servicePrincipal: SERVICE_PRINCIPAL.readers,
  device: DEVICE.readers,
}

/** Not in v1.0's answer to `getByIds`, as was seen. Source: microsoft-graph-docs issue 8798. */
const NOT_BY_IDS = ['accountEnabled']

const mayRead = (call: GraphCall, { type }: DirectoryObject) => holdsAny(call, READERS[type])

/** `POST /directoryObjects/getByIds`: ids nobody has, and types the token may not read, are simply absent. */
export async function getByIds(call: GraphCall): Promise<Response> {
  if (isPlainGuest(call)) return denied()
  const body = await readBody(call)
  if (body instanceof Response) return body
  const ids = stringsIn(body.ids, MAX_IDS)
  if (!ids) return badRequest(`The number of ids must be between 1 and ${MAX_IDS}.`)
  const types = body.types === undefined ? null : stringsIn(body.types, 100)?.map((type) => type.toLowerCase())
  if (types === undefined) return badRequest("Invalid value specified for property 'types'.")
  const show = showObjects(call, NOT_BY_IDS)
  if (show instanceof Response) return show
  const value = [...new Set(ids.map((id) => id.toLowerCase()))]
    .flatMap((id) => findObject(call.tenant, id) ?? [])
    .filter((one) => (!types || types.includes(one.type.toLowerCase())) && mayRead(call, one))
  return new JsonResponse({ '@odata.context': contextOf(call, 'directoryObjects'), value: value.map(show) })
}

/** `GET /directoryObjects/{id}`. */
export function getDirectoryObject(call: GraphCall, id: string): Response {
  if (isPlainGuest(call)) return denied()
  const found = findObject(call.tenant, id.toLowerCase())
  if (!found) return notFound(id)
  if (!mayRead(call, found)) return denied()
  const show = showObjects(call)
  if (show instanceof Response) return show
  return Response.json({ '@odata.context': contextOf(call, 'directoryObjects/$entity'), ...show(found) })
}
