import type { NextRequest } from 'next/server'
import { routeForMembers } from '@/lib/auth/refusals'
import { answerExportAt } from '@/lib/exports/answer-export'

/** One of the lists of a connection (`list`), now or at a moment (`at`), all pages of it, under the filters of its page, as a file with what proves it (`format`). */
export const GET = routeForMembers((member, request: NextRequest) => answerExportAt(member, request.nextUrl))
