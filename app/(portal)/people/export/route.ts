import type { NextRequest } from 'next/server'
import { readDatabaseNow } from '@/db/queries/clock'
import { listConnections } from '@/db/queries/connections'
import { routeForMembers } from '@/lib/auth/refusals'
import { parsePeopleView } from '@/lib/domain/views'
import { allPeopleList } from '@/lib/exports/all-people'
import { answerExport, parseFormat } from '@/lib/exports/answer-export'
import { matrixList } from '@/lib/exports/matrix'

/**
 * The list of people over all subscriptions, or with `list=matrix` people by subscription, all pages of it, under the same
 * filters, as a file with what proves it.
 */
export const GET = routeForMembers(async (member, request: NextRequest) => {
  const { searchParams } = request.nextUrl
  const connections = await listConnections(member)
  const of = { organisation: member.organisationName, at: await readDatabaseNow() }
  const makeList = searchParams.get('list') === 'matrix' ? matrixList : allPeopleList
  const list = makeList(member, connections, of, parsePeopleView(Object.fromEntries(searchParams)))
  return answerExport(member, list, parseFormat(searchParams.get('format')))
})
