import type { NextRequest } from 'next/server'
import { routeForMembers } from '@/lib/auth/refusals'
import { answerPrepared } from '@/lib/exports/answer-export'

/** An export that was prepared for the member who asks, as a file. */
export const GET = routeForMembers(
  async (member, _request: NextRequest, { params }: RouteContext<'/settings/exports/[exportId]/file'>) =>
    answerPrepared(member, (await params).exportId),
)
