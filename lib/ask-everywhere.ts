import type { Actor } from '@/db/actor'
import { listKnownRoles } from '@/db/queries/changes'
import { getConnection } from '@/db/queries/connections'
import { listKnownPermissions } from '@/db/queries/grants'
import { listRolesHeld } from '@/db/queries/roles'
import { missedWords } from '@/lib/domain/coverage'
import { suggestOperations } from '@/lib/domain/operations'
import { parseOperation, planeOf } from '@/lib/domain/role-meaning'
import type { AskAllView } from '@/lib/domain/views'
import type { Total } from '@/lib/domain/words'
import { withLease } from '@/lib/leases'
import { connectionAskedFor } from '@/lib/past-result'
import type { ShownConnection } from '@/lib/past-results'
import { countsOf, readAnswerWithin, readQuestion } from './ask'

/** What one subscription answers to a question that is asked of all. */
export type SubscriptionAnswer = {
  id: string
  label: string
  /** How many hold a role for it now and are not cut off by denials, and how many more could activate one: null where these are not counted. */
  held: Total
  eligible: number | null
  /** How many hold a role for it that denials cut on every way. Null when too many would have to be looked at: then they are in `held`. */
  cutOff: number | null
  /** Roles held there of which it is not known whether they allow it, and what else may be missing, in words. */
  unreadRoles: number
  missed: string[]
}

/** A question of all subscriptions: about a role or an operation. A scope lies in one subscription, so it cannot be asked about here. */
export type QuestionOfAll = Omit<AskAllView, 'from'>

export const MOST_ANSWERS = 25 // subscriptions on a page; each is asked with some six statements

/** What can be asked about, and what is wrong with the operation as typed, with those that are perhaps meant. */
export async function readQuestionOfAll(actor: Actor, { operation }: QuestionOfAll) {
  const { problem } = parseOperation(operation)
  return {
    roles: await listKnownRoles(actor),
    problem,
    suggestions: problem === null ? [] : suggestOperations(operation),
  }
}

/**
 * A question with the plane that its operation is asked about in every subscription. Where it names none, the roles that are known anywhere
 * decide: those of each subscription by itself could take the same operation for one of control here and of data there.
 */
export async function withPlane<Question extends QuestionOfAll>(actor: Actor, question: Question): Promise<Question> {
  const { operation } = parseOperation(question.operation)
  if (operation === null || question.plane !== null) return question
  return { ...question, plane: planeOf(operation, await listKnownPermissions(actor)) }
}

/**
 * What some subscriptions answer, one after the other so that one question never takes all of the database's connections. Throws TooMany
 * while as many questions are being answered as may be at a time.
 */
export async function readAnswersOfAll(
  actor: Actor,
  connections: readonly Pick<ShownConnection, 'id'>[],
  question: QuestionOfAll,
): Promise<SubscriptionAnswer[]> {
  return withLease('question', actor.memberId, async () => {
    const answers: SubscriptionAnswer[] = []
    for (const { id } of connections) {
      const answer = await readAnswerOf(actor, id, question)
      if (answer) answers.push(answer)
    }
    return answers
  })
}

/** What one subscription answers; null when it was deleted meanwhile. */
async function readAnswerOf(actor: Actor, id: string, question: QuestionOfAll): Promise<SubscriptionAnswer | null> {
  const connected = await getConnection(actor, id)
  if (!connected) return null
  const connection = await connectionAskedFor(actor, connected, question.at)
  const view = { ...question, scope: '', cursor: null }
  const asked = await readQuestion(actor, connection, view, await listRolesHeld(actor, connection))
  const facts = { id, label: connection.label, missed: missedWords(connection.publishedRun?.coverage ?? []) }
  const unreadRoles = asked.operation ? asked.unread : 0
  if (asked.roleIds === null) return { ...facts, unreadRoles, held: 0, eligible: 0, cutOff: 0 }
  const answer = await readAnswerWithin(
    actor,
    connection,
    { roleIds: asked.roleIds, scope: null, operation: asked.operation, who: view.who, cursor: null },
    asked.permissions,
    1,
  )
  return { ...facts, unreadRoles, ...countsOf(answer), cutOff: answer.cutOff }
}
