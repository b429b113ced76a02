import type { User } from '../world/types'
import { badRequest } from './graph-error'

/** Entra's limit on alternatives in one filter, unless it is an advanced query. */
const MAX_ALTERNATIVES = 15

/** What a filter keeps: the people with these ids, or those for whom the test holds. */
export type UserFilter = { ids: string[] } | { test(user: User): boolean }

const unquote = (text: string) => text.replace(/^'|'$/g, '').replaceAll("''", "'")

const READ: Record<string, (user: User) => string> = {
  id: (user) => user.id,
  userprincipalname: (user) => user.userPrincipalName,
  mail: (user) => user.mail ?? '',
  displayname: (user) => user.displayName,
  usertype: (user) => user.userType,
  accountenabled: (user) => String(user.accountEnabled),
}

function readClause(clause: string): ((user: User) => boolean) | null {
  const [, name = '', value = ''] = /^(\w+)\s+eq\s+('(?:[^']|'')*'|true|false)$/i.exec(clause) ?? []
  const read = READ[name.toLowerCase()]
  if (read) {
    const wanted = unquote(value).toLowerCase()
    return (user) => read(user).toLowerCase() === wanted
  }
  const [, started = '', prefix = ''] = /^startsWith\((\w+),\s*('(?:[^']|'')*')\)$/i.exec(clause) ?? []
  const readStart = READ[started.toLowerCase()]
  if (!readStart) return null
  const beginning = unquote(prefix).toLowerCase()
  return (user) => readStart(user).toLowerCase().startsWith(beginning)
}

/** Reads `id in (…)`, `property eq value` and `startsWith`, joined by all `or` or all `and`; anything else is refused. */
export function readUserFilter(text: string, advanced: boolean): UserFilter | Response {
  const list = /^id\s+in\s*\((.*)\)$/i.exec(text.trim())?.[1]
  const ids = list?.split(',').map((one) => unquote(one.trim()).toLowerCase())
  const alternatives = ids?.length ?? text.split(/\s+or\s+/i).length
  if (alternatives > MAX_ALTERNATIVES && !advanced) {
    return badRequest(
      `Too many child clauses specified in search filter expression containing 'OR' operators: ${alternatives}. Max allowed: ${MAX_ALTERNATIVES}.`,
      'Request_UnsupportedQuery',
    )
  }
  if (ids) return { ids }
  const either = / or /i.test(text)
  const tests = text
    .trim()
    .split(either ? /\s+or\s+/i : /\s+and\s+/i)
    .map(readClause)
  const good = tests.filter((test) => test !== null)
  if (good.length < tests.length)
    return badRequest('Unsupported or invalid query filter clause specified.', 'Request_UnsupportedQuery')
  return { test: (user) => (either ? good.some((test) => test(user)) : good.every((test) => test(user))) }
}
