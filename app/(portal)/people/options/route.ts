import type { NextRequest } from 'next/server'
import { describePeopleChoice } from '@/components/people/people-filter-words'
import { routeForMembers } from '@/lib/auth/refusals'
import { formatPeopleChoice, parsePeopleOptionsView } from '@/lib/domain/people-options'
import { allResultsAskedFor } from '@/lib/past-results'
import { listPeopleChoices } from '@/lib/people-options'

/** What a filter of the people over all subscriptions can be set to, each with how many are then listed, as JSON. */
export const GET = routeForMembers(async (member, { nextUrl }: NextRequest) => {
  const asked = parsePeopleOptionsView(Object.fromEntries(nextUrl.searchParams))
  const all = await allResultsAskedFor(member, asked.at)
  const choices = await listPeopleChoices(member, all, asked, asked.by)
  const options = choices.map((choice) => ({
    ...{ label: describePeopleChoice(choice), detail: null, count: choice.count },
    ...formatPeopleChoice(choice.change, asked),
  }))
  return Response.json(options, { headers: { 'cache-control': 'no-store' } })
})
