import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { ALL_PEOPLE, countHolders } from '@/db/queries/holders'
import { listRoleNames, listRolesHeld, type RoleHeld } from '@/db/queries/roles'
import { NotFound } from '@/lib/actor'
import { createJudge, readQuestion } from '@/lib/ask'
import { type AskedAbout, answerWords, unreadRolesWords, wayWords } from '@/lib/domain/answer-words'
import { wordsOfCondition } from '@/lib/domain/condition-words'
import { type AskView, isAsked, parseAskView } from '@/lib/domain/views'
import { ACCESS_COLUMNS, type AccessQuery, type AccessRow, accessTable } from './access'
import { type ListToExport, momentOf } from './lists'
import type { Counted } from './proof'
import { type Column, cellsOf } from './table'

/** One way to what is asked, what all ways of the same holder come to, and what takes this one away. */
type AnswerRow = { row: AccessRow; answer: string; denials: string[]; conditionWords: string | null }

const ANSWER_COLUMNS: readonly Column<AnswerRow>[] = [
  { name: 'answer', value: ({ answer }) => answer },
  { name: 'this_way', value: ({ row, denials }) => wayWords({ kind: row.grant.kind, denials }) },
  { name: 'cut_off_by', value: ({ denials }) => denials },
  { name: 'condition_in_words', value: ({ conditionWords }) => conditionWords },
]

/** The answer to begin with, so that it is seen; then what is told of every way to a role. New columns come last. */
const COLUMNS: readonly Column<AnswerRow>[] = [
  ...ANSWER_COLUMNS,
  ...ACCESS_COLUMNS.map(({ name, value }): Column<AnswerRow> => ({ name, value: ({ row }) => value(row) })),
]

type Question = Awaited<ReturnType<typeof readQuestion>>

/**
 * The answer to a question of *Ask*: a row for each way in which somebody, or something, can do what is asked, could after
 * activating a role, or is cut off from it.
 *
 * @throws NotFound with what is wrong, when nothing is asked or what is asked makes no sense
 */
export async function askList(actor: Actor, connection: ConnectionFacts, view: AskView): Promise<ListToExport> {
  if (!isAsked(view)) throw new NotFound('Nothing is asked: name a role, a scope or an operation.')
  const held = await listRolesHeld(actor, connection)
  const question = await readQuestion(actor, connection, view, held)
  const problem = question.problems.scope ?? question.problems.operation
  if (problem !== null) throw new NotFound(problem)
  return {
    ...{ list: view.who === 'people' ? 'people who can' : 'other principals that can', label: connection.label },
    ...{ at: momentOf(connection), snapshots: [connection] },
    filters: Object.fromEntries(listAsked(view, question).map(({ name, value }) => [name, value])),
    cells: cellsOf({ name: 'Answer', columns: COLUMNS, rows: readAnswerRows(actor, connection, view, question) }),
    count: () => countAnswer(actor, connection, view, question, held),
  }
}

async function* readAnswerRows(
  actor: Actor,
  connection: ConnectionFacts,
  { who }: AskView,
  question: Question,
): AsyncGenerator<AnswerRow[]> {
  const query = queryOf(question, who)
  if (query === null) return
  const asked = { scope: query.scope, operation: question.operation }
  const judge = createJudge(actor, connection, asked, question.permissions)
  const source = { snapshot: connection, coverage: connection.publishedRun?.coverage ?? [] }
  for await (const rows of accessTable(actor, source, query).rows) {
    const holders = new Map(rows.map(({ holder }) => [holder.principalId, holder]))
    const conditions = [...new Set(rows.map(({ grant }) => grant.condition))]
    const [denialsOf, roleNames] = await Promise.all([
      judge([...holders.values()]),
      listRoleNames(actor, connection, conditions),
    ])
    const words = new Map(
      conditions.map((one) => [one, one && wordsOfCondition(one, (id) => roleNames.get(id) ?? null)]),
    )
    const judged = rows.map((row) => ({ row, denials: denialsOf(row.grant) }))
    // A batch has all the ways of each of its holders.
    const answers = new Map(
      [...Map.groupBy(judged, ({ row }) => row.holder.principalId)].map(([id, ways]) => [
        id,
        answerWords(
          aboutOf(question),
          ways.map(({ row, denials }) => ({ kind: row.grant.kind, denials })),
        ),
      ]),
    )
    yield judged.map(({ row, denials }) => ({
      ...{ row, denials, answer: answers.get(row.holder.principalId) ?? '' },
      conditionWords: words.get(row.grant.condition) ?? null,
    }))
  }
}

/** Which access answers a question; null when none can. */
const queryOf = ({ roleIds, scope }: Question, who: AskView['who']): AccessQuery | null =>
  roleIds && { ...ALL_PEOPLE, who, roleIds, scope: scope?.scope ?? null }

const aboutOf = ({ operation, role }: Question): AskedAbout => (operation ? 'operation' : role ? 'role' : 'scope')

/** What is asked, each part with its words and with the view that asks for it alone. */
function listAsked(view: AskView, { operation, role }: Question) {
  const nothing = { ...parseAskView({}), at: view.at, who: view.who }
  const parts: { name: string; value: string; alone: AskView }[] = []
  const { roleId, scope } = view
  if (roleId) parts.push({ name: 'role', value: role?.name ?? roleId, alone: { ...nothing, roleId } })
  if (scope !== '') parts.push({ name: 'scope', value: scope, alone: { ...nothing, scope } })
  if (operation) {
    const alone = { ...nothing, operation: operation.name, plane: operation.plane }
    parts.push({ name: 'operation', value: `${operation.name} as a ${operation.plane} operation`, alone })
  }
  return parts
}

async function countAnswer(
  actor: Actor,
  connection: ConnectionFacts,
  view: AskView,
  question: Question,
  held: RoleHeld[],
): Promise<Counted> {
  const { who } = view
  const countFor = async (asked: Question) => {
    const query = queryOf(asked, who)
    return query ? countHolders(actor, connection, { ...query, who }) : 0
  }
  const all = await countHolders(actor, connection, { ...ALL_PEOPLE, who })
  const filters: Counted['filters'] = []
  for (const { name, value, alone } of listAsked(view, question)) {
    const listed = await countFor(await readQuestion(actor, connection, alone, held))
    filters.push({ name, value, leavesOut: all - listed })
  }
  return {
    ...{ unit: who === 'people' ? 'people' : 'other principals', all, listed: await countFor(question), filters },
    notKnown: question.operation && question.unread > 0 ? [unreadRolesWords(question.unread)] : [],
  }
}
