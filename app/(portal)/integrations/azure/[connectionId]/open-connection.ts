import { notFound } from 'next/navigation'
import { cache } from 'react'
import { getConnection } from '@/db/queries/connections'
import { requireMember } from '@/lib/auth/request'

/**
 * The member and the connection of this request, read once: everything on the page is then of one published result.
 * An id that is unknown or another organisation's is not found.
 */
export const openConnection = cache(async (connectionId: string) => {
  const member = await requireMember()
  const connection = await getConnection(member, connectionId)
  if (!connection) notFound()
  return { member, connection }
})
