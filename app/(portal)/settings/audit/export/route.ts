import type { NextRequest } from 'next/server'
import { routeForMembers } from '@/lib/auth/refusals'
import { answerExportAt } from '@/lib/exports/answer-export'

/** The audit log, or with `kind=security` its half for owners, all pages of it, as a file with what proves it. */
export const GET = routeForMembers((member, request: NextRequest) => answerExportAt(member, request.nextUrl))
