import type { NextRequest } from 'next/server'
import type { Actor } from '@/db/actor'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { NotFound } from '@/lib/actor'
import { routeForMembers } from '@/lib/auth/refusals'
import { parseAccessView, parseAskView, parseAsOfView, parseGroupsView } from '@/lib/domain/views'
import { answerExport, parseFormat } from '@/lib/exports/answer-export'
import { askList } from '@/lib/exports/ask'
import { accessList, groupsList, type ListToExport, rolesList, runsList } from '@/lib/exports/lists'
import { connectionAskedFor } from '@/lib/past-result'

/** One of the lists of a connection (`list`), now or at a moment (`at`), all pages of it, under the filters of its page, as a file with what proves it (`format`). */
export const GET = routeForMembers(
  async (member, request: NextRequest, { params }: RouteContext<'/integrations/azure/[connectionId]/export'>) => {
    const connected = await getConnection(member, (await params).connectionId)
    if (!connected) throw new NotFound('There is no such connection.')
    const { searchParams } = request.nextUrl
    const { at } = parseAsOfView(Object.fromEntries(searchParams))
    const connection = await connectionAskedFor(member, connected, at)
    const format = parseFormat(searchParams.get('format'))
    return answerExport(member, await chooseList(member, connection, searchParams), format)
  },
)

async function chooseList(member: Actor, connection: ConnectionFacts, address: URLSearchParams): Promise<ListToExport> {
  const asked = Object.fromEntries(address)
  switch (address.get('list')) {
    case 'roles':
      return rolesList(member, connection)
    case 'groups':
      return groupsList(member, connection, parseGroupsView(asked).search)
    case 'runs':
      return runsList(member, connection)
    case 'ask':
      return askList(member, connection, parseAskView(asked))
    case 'others':
      return accessList(member, connection, parseAccessView(asked), 'others')
    default:
      return accessList(member, connection, parseAccessView(asked), 'people')
  }
}
