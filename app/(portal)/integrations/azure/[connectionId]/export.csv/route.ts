import type { NextRequest } from 'next/server'
import { getConnection } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { routeForMembers } from '@/lib/auth/refusals'
import { parseAsOfView } from '@/lib/domain/views'
import { answerPlainCsv } from '@/lib/exports/answer-export'
import { accessList } from '@/lib/exports/lists'
import { readAccessView } from '@/lib/exports/open-export'
import { connectionAskedFor } from '@/lib/past-result'

/**
 * The rows of the table of people, or with `who=others` of that of other principals, now or at a moment, under the same filters and order,
 * without what proves them.
 */
export const GET = routeForMembers(
  async (member, request: NextRequest, { params }: RouteContext<'/integrations/azure/[connectionId]/export.csv'>) => {
    const connected = await getConnection(member, (await params).connectionId)
    if (!connected) throw new NotFound('There is no such connection.')
    const { searchParams } = request.nextUrl
    const asked = Object.fromEntries(searchParams)
    const connection = await connectionAskedFor(member, connected, parseAsOfView(asked).at)
    const view = await readAccessView(member, connection, asked)
    const who = searchParams.get('who') === 'others' ? 'others' : 'people'
    return answerPlainCsv(member, accessList(member, connection, view, who))
  },
)
