import type { NextRequest } from 'next/server'
import { readDatabaseNow } from '@/db/queries/clock'
import { listConnections } from '@/db/queries/connections'
import { routeForMembers } from '@/lib/auth/refusals'
import { parseChangesView } from '@/lib/domain/views'
import { answerExport, parseFormat } from '@/lib/exports/answer-export'
import { changesList } from '@/lib/exports/changes'

/** The changes of access, all pages of them, under the filters of their page, as a file with what proves it. */
export const GET = routeForMembers(async (member, request: NextRequest) => {
  const { searchParams } = request.nextUrl
  const connections = await listConnections(member)
  const of = { organisation: member.organisationName, at: await readDatabaseNow() }
  const list = changesList(member, connections, of, parseChangesView(Object.fromEntries(searchParams)))
  return answerExport(member, list, parseFormat(searchParams.get('format')))
})
