import type { Group } from '../world/types'
import { showObjects } from './directory-objects'
import { badRequest, type GraphCall } from './graph-call'
import { GROUP, type Kind, selectedNames } from './kinds'
import { listCollection, showObject } from './lists'
import { listFirst } from './memberships'

/** `GET /groups`, with the first members or owners of each if they are expanded. */
export function listGroups(call: GraphCall): Response {
  const expanded = expandRelation(call)
  return expanded instanceof Response ? expanded : listCollection(expanded.call, expanded.kind)
}

/** `GET /groups/{id}`, with its first members or owners if they are expanded. */
export function getGroup(call: GraphCall, id: string): Response {
  const expanded = expandRelation(call)
  if (expanded instanceof Response) return expanded
  return showObject(expanded.call, expanded.kind, id, call.tenant.groups.get(id.toLowerCase()))
}

const MAX_EXPANDED = 20 // objects of a relation, without a link to the rest. Source: Graph "Known issues", directory objects

const EXPANSION = /^(members|owners)(?:\(\s*\$select=([\w\s,]+)\))?$/i

/**
 * The kind of object that groups are for this request: with `$expand=members` they have the property `members`, in v1.0 too
 * with service principals, and with `$expand=owners` the property `owners`. Returns the refusal of any other `$expand`, two
 * relations at once among them.
 */
function expandRelation(call: GraphCall): { call: GraphCall; kind: Kind<Group> } | Response {
  const text = call.options.get('$expand')
  if (text === undefined) return { call, kind: GROUP }
  const found = EXPANSION.exec(text.trim())
  if (!found)
    return badRequest(`Parsing OData Select and Expand failed: '${text}' cannot be expanded on 'group'.`, 'BadRequest')
  const options = new Map(call.options)
  options.delete('$select')
  const [, relation = '', selected] = found
  if (selected !== undefined) options.set('$select', selected)
  const show = showObjects({ ...call, options })
  if (show instanceof Response) return show
  const kind: Kind<Group> = {
    ...GROUP,
    defaults: [...GROUP.defaults, relation.toLowerCase()],
    properties: {
      ...GROUP.properties,
      members: ({ id }) => listFirst(call, id, 'members', MAX_EXPANDED).map(show),
      owners: ({ id }) => listFirst(call, id, 'owners', MAX_EXPANDED).map(show),
    },
  }
  const names = selectedNames(call)
  if (!names) return { call, kind }
  return {
    call: { ...call, options: new Map(call.options).set('$select', [...names, relation.toLowerCase()].join(',')) },
    kind,
  }
}
