import type { NextRequest } from 'next/server'
import { routeForMembers } from '@/lib/auth/refusals'
import { answerExportAt } from '@/lib/exports/answer-export'

/** The changes of access, all pages of them, under the filters of their page, as a file with what proves it. */
export const GET = routeForMembers((member, request: NextRequest) => answerExportAt(member, request.nextUrl))
