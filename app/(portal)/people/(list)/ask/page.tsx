import type { Metadata } from 'next'
import { AskExamples, AskForm } from '@/components/ask/ask-form'
import { AskSuggestions } from '@/components/ask/ask-suggestions'
import { SubscriptionAnswers } from '@/components/ask/subscription-answers'
import { AllPastBand } from '@/components/people/all-past-band'
import { PeopleTabs } from '@/components/people/people-frame'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { MOST_ANSWERS, readAnswersOfAll, readQuestionOfAll, withPlane } from '@/lib/ask-everywhere'
import { showRefusal } from '@/lib/auth/refusals'
import { requireMember } from '@/lib/auth/request'
import { formatAskAllView, formatAsOfView, isAsked, parseAskAllView } from '@/lib/domain/views'
import { canBeAsked, findAllResults, listNotReadYet } from '@/lib/past-results'

export const metadata: Metadata = { title: 'Who can do what in all subscriptions' }

const PATH = '/people/ask'

export default async function AskEverywherePage({ searchParams }: PageProps<'/people/ask'>) {
  const member = await requireMember()
  const asked = parseAskAllView(await searchParams)
  const [{ connections, past }, { roles, problem, suggestions }] = await Promise.all([
    findAllResults(member, asked.at),
    readQuestionOfAll(member, asked),
  ])
  const view = await withPlane(member, asked)
  const shown = connections.filter(canBeAsked)
  const question = { ...view, scope: '', cursor: null }
  const from = view.from < shown.length ? view.from : 0
  const asks = isAsked(question) && problem === null && past?.kind !== 'not_shown'
  const answers = asks
    ? await readAnswersOfAll(member, shown.slice(from, from + MOST_ANSWERS), view).catch(showRefusal)
    : null

  return (
    <>
      <PageHeader title="People" description="Who can do what, in each connected subscription." />
      <AllPastBand past={past} here={PATH + formatAskAllView({ ...view, at: '', from: 0 })} />
      <PeopleTabs current="ask" same={formatAsOfView({ at: view.at })} at={view.at} />
      <h2 className="sr-only">Ask who can</h2>
      <AskForm
        path={PATH}
        view={question}
        roles={roles}
        scopes={null}
        problems={{
          scope: null,
          operation:
            suggestions.length > 0 ? 'Choose below which operation you mean, or write its name in Azure.' : problem,
        }}
      />
      <AskSuggestions path={PATH} view={question} of={null} scopes={[]} operations={suggestions} />
      <AskExamples path={PATH} view={question} />
      {shown.length === 0 && past === null ? (
        <EmptyState title="Nothing has been read yet">Answers can be given when a first sync has ended.</EmptyState>
      ) : answers ? (
        <SubscriptionAnswers
          answers={answers}
          view={view}
          path={PATH}
          from={from}
          size={MOST_ANSWERS}
          total={shown.length}
          notRead={listNotReadYet(connections)}
        />
      ) : null}
    </>
  )
}
