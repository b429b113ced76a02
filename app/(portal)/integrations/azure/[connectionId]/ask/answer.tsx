import Link from 'next/link'
import { findCoverage, openResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { AnswerSentence, WhoSwitch } from '@/components/ask/answer-sentence'
import { AnswerTable } from '@/components/ask/answer-table'
import { EmptyState } from '@/components/ui/empty-state'
import { ExportMenu } from '@/components/ui/export-menu'
import { Notice } from '@/components/ui/notice'
import { Pager } from '@/components/ui/pager'
import { listRoleNames } from '@/db/queries/roles'
import { countsOf, readAnswer, type readQuestion } from '@/lib/ask'
import { showRefusal } from '@/lib/auth/refusals'
import { isAskable, missedWords } from '@/lib/domain/coverage'
import { scopeWords } from '@/lib/domain/scopes'
import { type AskView, type Cursor, formatAskView } from '@/lib/domain/views'

type Props = { connectionId: string; view: AskView; question: Awaited<ReturnType<typeof readQuestion>> }

/** How many can do what is asked, who they are, by which grants, and whom the answer may miss. */
export async function Answer({ connectionId, view, question }: Props) {
  const { member, connection } = await openResult(connectionId, view.at)
  const { scope, operation, roleIds, role } = question
  const home = `/integrations/azure/${connection.id}`
  const query = `list=ask&${formatAskView({ ...view, cursor: null }).slice(1)}`
  const exportMenu = <ExportMenu path={`${home}/export`} query={query} />
  if (roleIds === null)
    return (
      <EmptyState title="Nobody can do this by a role" action={exportMenu}>
        {role ? `${role.name ?? 'The role asked about'} does not allow it.` : 'None of the roles held here allows it.'}
      </EmptyState>
    )

  const answer = await readAnswer(
    member,
    connection,
    { roleIds, scope: scope?.scope ?? null, operation, who: view.who, cursor: view.cursor },
    question.permissions,
  ).catch(showRefusal)
  const conditions = answer.rows.flatMap(({ ways }) => ways.map(({ grant }) => grant.condition))
  const roleNames = await listRoleNames(member, connection, conditions)
  const place = scope && scopeWords({ ...scope, ...connection }).place
  const pageHref = (cursor: Cursor | null) => cursor && `${home}/ask${formatAskView({ ...view, cursor })}`
  const unopened = answer.groups !== 0 ? findCoverage(connection, 'groups') : undefined
  const coverage = connection.publishedRun?.coverage ?? []
  const missed = missedWords(coverage)

  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <AnswerSentence
          who={view.who}
          {...countsOf(answer)}
          cutOff={answer.cutOff}
          asked={{ role: role ? (role.name ?? view.roleId) : null, place, operation: operation !== null }}
        />
        <div className="flex flex-wrap items-center gap-2">
          <WhoSwitch path={`${home}/ask`} view={view} />
          {exportMenu}
        </div>
      </div>
      {missed.length > 0 ? (
        <Notice tone={unopened && unopened.missing > 0 ? 'warn' : 'info'} title="What this answer cannot see">
          <ul>
            {missed.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          {coverage.some(isAskable) ? (
            <p>
              <Link href={`${home}/settings`} className="link">
                Settings
              </Link>{' '}
              say which permission adds it.
            </p>
          ) : null}
        </Notice>
      ) : null}
      {answer.rows.length > 0 ? (
        <div>
          <AnswerTable
            who={view.who}
            rows={answer.rows}
            path={home}
            at={view.at}
            of={connection}
            roleNames={roleNames}
          />
          <Pager
            start={answer.start}
            shown={answer.rows.length}
            total={answer.all}
            unit={view.who === 'people' ? (answer.all === 1 ? 'person' : 'people') : 'principals'}
            previousHref={pageHref(answer.previous)}
            nextHref={pageHref(answer.next)}
          />
        </div>
      ) : (
        <EmptyState title={view.who === 'people' ? 'No person has a way to it' : 'Nothing else has a way to it'}>
          Neither by a role held now nor by one that could be activated.
        </EmptyState>
      )}
    </>
  )
}
