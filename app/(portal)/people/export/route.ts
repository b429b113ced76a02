import type { NextRequest } from 'next/server'
import { readDatabaseNow } from '@/db/queries/clock'
import { routeForMembers } from '@/lib/auth/refusals'
import { parsePeopleView } from '@/lib/domain/views'
import { allPeopleList } from '@/lib/exports/all-people'
import { answerExport, parseFormat } from '@/lib/exports/answer-export'
import { allResultsAskedFor } from '@/lib/past-results'

/**
 * The list of people over all subscriptions, now or at a moment (`at`), all pages of it, under the same filters, as a file with what
 * proves it.
 */
export const GET = routeForMembers(async (member, request: NextRequest) => {
  const { searchParams } = request.nextUrl
  const view = parsePeopleView(Object.fromEntries(searchParams))
  const all = await allResultsAskedFor(member, view.at)
  const at = all.past?.kind === 'shown' ? all.past.publishedAt : await readDatabaseNow()
  const list = allPeopleList(member, all, { organisation: member.organisationName, at }, view)
  return answerExport(member, list, parseFormat(searchParams.get('format')))
})
