import { findObject } from './directory-object'
import { contextOf, type GraphCall, isPlainGuest } from './graph-call'
import { badRequest, denied, notFound } from './graph-error'
import { readBody, stringsIn } from './read-body'
import { findPerson } from './users'

const MAX_CHECKED = 20 // groups in one checkMemberGroups. Source: Microsoft Graph "checkMemberGroups"

export type MemberGroupsAction = 'getmembergroups' | 'getmemberobjects' | 'checkmembergroups'

function groupsOf(call: GraphCall, id: string, securityOnly: boolean): string[] {
  const { memberships, groups } = call.tenant
  return memberships.transitiveGroupsOf(id).filter((one) => !securityOnly || groups.get(one)?.securityEnabled)
}

/** `POST …/getMemberGroups`, `getMemberObjects`, `checkMemberGroups`: ids of the groups something is in, directly or not. */
export async function listMemberGroups(call: GraphCall, name: string, action: MemberGroupsAction): Promise<Response> {
  const object = findPerson(call, name) ?? findObject(call.tenant, name.toLowerCase())
  if (isPlainGuest(call) && object?.id !== call.user?.id) return denied()
  if (!object) return notFound(name)
  const body = await readBody(call)
  if (body instanceof Response) return body
  const reply = (value: string[]) =>
    Response.json({ '@odata.context': contextOf(call, 'Collection(Edm.String)'), value })
  if (action !== 'checkmembergroups') {
    const { securityEnabledOnly } = body
    if (typeof securityEnabledOnly !== 'boolean')
      return badRequest("Invalid value specified for property 'securityEnabledOnly' of resource 'DirectoryObject'.")
    return reply(groupsOf(call, object.id, securityEnabledOnly))
  }
  const asked = stringsIn(body.groupIds, MAX_CHECKED)
  if (!asked) return badRequest(`groupIds must be a list of at most ${MAX_CHECKED} ids.`)
  const held = new Set(groupsOf(call, object.id, false))
  return reply([...new Set(asked.map((id) => id.toLowerCase()))].filter((id) => held.has(id)))
}
