import type { NextRequest } from 'next/server'
import { routeForMembers } from '@/lib/auth/refusals'
import { parseFindView } from '@/lib/domain/palette'
import { findByName } from '@/lib/find'

/** What the palette asks while somebody types: what has that name, and questions that may be meant, as JSON. */
export const GET = routeForMembers(async (member, { nextUrl }: NextRequest) => {
  const found = await findByName(member, parseFindView(Object.fromEntries(nextUrl.searchParams)))
  return Response.json(found, { headers: { 'cache-control': 'no-store' } })
})
