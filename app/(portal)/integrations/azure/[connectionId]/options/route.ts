import type { NextRequest } from 'next/server'
import { describeChoice } from '@/components/access/filter-words'
import { getConnection } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { routeForMembers } from '@/lib/auth/refusals'
import { formatChoice, parseOptionsView } from '@/lib/domain/filter-options'
import { listChoices } from '@/lib/filter-options'
import { connectionAskedFor } from '@/lib/past-result'

/** What a filter of a list of those with access can be set to, each with how many are then listed, as JSON. */
export const GET = routeForMembers(
  async (member, { nextUrl }: NextRequest, { params }: RouteContext<'/integrations/azure/[connectionId]/options'>) => {
    const { connectionId } = await params
    const { by, list, ...view } = parseOptionsView(Object.fromEntries(nextUrl.searchParams))
    const connected = await getConnection(member, connectionId)
    if (!connected) throw new NotFound('There is no such connection.')
    const connection = await connectionAskedFor(member, connected, view.at)
    const choices = await listChoices(member, connection, { view, who: list }, by)
    const path = `/integrations/azure/${connected.id}${list === 'people' ? '' : '/principals'}`
    const options = choices.map((choice) => ({
      ...describeChoice(choice, { who: list, of: connection }),
      ...formatChoice(choice, { path, view, by }),
      count: choice.count,
    }))
    return Response.json(options, { headers: { 'cache-control': 'no-store' } })
  },
)
