import type { NextRequest } from 'next/server'
import { readDatabaseNow } from '@/db/queries/clock'
import { routeForMembers } from '@/lib/auth/refusals'
import { parseAuditView } from '@/lib/domain/views'
import { answerExport, parseFormat } from '@/lib/exports/answer-export'
import { auditList } from '@/lib/exports/lists'

/** The audit log, or with `kind=security` its half for owners, all pages of it, as a file with what proves it. */
export const GET = routeForMembers(async (member, request: NextRequest) => {
  const { searchParams } = request.nextUrl
  const { kind } = parseAuditView(Object.fromEntries(searchParams))
  const shown = member.role === 'owner' ? kind : 'change'
  const list = auditList(member, member.organisationName, shown, await readDatabaseNow())
  return answerExport(member, list, parseFormat(searchParams.get('format')))
})
