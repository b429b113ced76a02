import type { NextRequest } from 'next/server'
import { routeForMembers } from '@/lib/auth/refusals'
import { answerExportAt } from '@/lib/exports/answer-export'

/** The audit log or one half of it, as far as the member may see it, all pages of it, as a file with what proves it. */
export const GET = routeForMembers((member, request: NextRequest) => answerExportAt(member, request.nextUrl))
