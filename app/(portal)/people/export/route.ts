import type { NextRequest } from 'next/server'
import { routeForMembers } from '@/lib/auth/refusals'
import { answerExportAt } from '@/lib/exports/answer-export'

/**
 * The list of people over all subscriptions, or with `list=matrix` people by subscription, all pages of it, under the same
 * filters, or with `list=ways` every way of everyone, as a file with what proves it.
 */
export const GET = routeForMembers((member, request: NextRequest) => answerExportAt(member, request.nextUrl))
