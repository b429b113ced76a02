import type { Metadata } from 'next'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection, openResult, readResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { AllowingRoles } from '@/components/ask/answer-sentence'
import { AskExamples, AskForm } from '@/components/ask/ask-form'
import { AskSuggestions } from '@/components/ask/ask-suggestions'
import { EmptyState } from '@/components/ui/empty-state'
import { readQuestion } from '@/lib/ask'
import { formatAskView, isAsked, parseAskView } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'
import { Answer } from './answer'

type Props = PageProps<'/integrations/azure/[connectionId]/ask'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Who can do what in ${isolateName(connection.label)}` }
}

export default async function AskPage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const view = parseAskView(await searchParams)
  const { member, connection } = await openResult(connectionId, view.at)
  const path = `/integrations/azure/${connection.id}/ask`
  const { roles } = await readResult(connectionId, view.at)
  const question = await readQuestion(member, connection, view, roles)
  const { problems, suggestions, allowing, operation, unread } = question
  const refused = problems.scope !== null || problems.operation !== null
  const shown = {
    scope:
      suggestions.scopes.length > 0 ? 'Choose below which scope you mean, or paste a resource ID.' : problems.scope,
    operation:
      suggestions.operations.length > 0
        ? 'Choose below which operation you mean, or write its name in Azure.'
        : problems.operation,
  }

  return (
    <ConnectionScreen
      connectionId={connectionId}
      current="ask"
      moment={{ at: view.at, here: path + formatAskView({ ...view, at: '', cursor: null }) }}
    >
      <h2 className="sr-only">Ask who can</h2>
      <AskForm path={path} view={view} roles={roles} scopes={question.scopes} problems={shown} />
      <AskSuggestions path={path} view={view} of={connection} {...suggestions} />
      <AskExamples path={path} view={view} />
      {connection.publishedAt === null ? (
        <EmptyState title="Nothing has been read yet">Answers can be given when the first sync has ended.</EmptyState>
      ) : isAsked(view) && !refused ? (
        <section aria-labelledby="answer" className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <h2 id="answer" className="sr-only">
            Answer
          </h2>
          {allowing && operation ? (
            <AllowingRoles
              roles={allowing}
              unread={unread}
              plane={operation.plane}
              otherPlaneHref={
                path + formatAskView({ ...view, plane: operation.plane === 'data' ? 'control' : 'data', cursor: null })
              }
            />
          ) : null}
          <Answer connectionId={connection.id} view={view} question={question} />
        </section>
      ) : null}
    </ConnectionScreen>
  )
}
