import type { NextRequest } from 'next/server'
import { getConnection } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { routeForMembers } from '@/lib/auth/refusals'
import { csvFileName } from '@/lib/csv'
import { parseAccessView } from '@/lib/domain/views'
import { exportAccess } from '@/lib/export'
import { streamWithLease } from '@/lib/leases'
import { limit } from '@/lib/limits'
import { recordExport } from '@/lib/record-export'

/** What the table of people, or with `who=others` that of other principals, shows under the same filters and order, all pages of it, as one file. */
export const GET = routeForMembers(
  async (member, request: NextRequest, { params }: RouteContext<'/integrations/azure/[connectionId]/export.csv'>) => {
    const connection = await getConnection(member, (await params).connectionId)
    if (!connection) throw new NotFound('There is no such connection.')
    const { searchParams } = request.nextUrl
    const view = parseAccessView(Object.fromEntries(searchParams))
    const who = searchParams.get('who') === 'others' ? 'others' : 'people'
    const name = who === 'others' ? `${connection.label} other principals` : connection.label

    await limit('export', member.memberId)
    await recordExport(member, connection, {
      list: who === 'others' ? 'other principals' : 'people',
      search: view.search,
    })
    const csv = await streamWithLease('export_under_way', member.memberId, () =>
      exportAccess(member, connection, { ...view, who }),
    )
    return new Response(csv, {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${csvFileName(name, connection.publishedAt ?? connection.createdAt)}"`,
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      },
    })
  },
)
