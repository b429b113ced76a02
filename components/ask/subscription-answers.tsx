import Link from 'next/link'
import { ExportMenu } from '@/components/ui/export-menu'
import { Name } from '@/components/ui/name'
import { Notice } from '@/components/ui/notice'
import { Pager } from '@/components/ui/pager'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { SubscriptionAnswer } from '@/lib/ask-everywhere'
import { unreadRolesWords } from '@/lib/domain/answer-words'
import { type AskAllView, formatAskAllView, formatAskView } from '@/lib/domain/views'
import { spellControls, totalWords } from '@/lib/domain/words'
import { PlaneNote, WhoSwitch } from './answer-sentence'

type Props = {
  answers: SubscriptionAnswer[]
  view: AskAllView
  path: string
  /** How many subscriptions come before these, how many a page has, and how many there are. */
  from: number
  size: number
  total: number
  /** The connected subscriptions that could not be asked, because nothing of them has been read yet. */
  notRead: { id: string; label: string }[]
}

/** What each subscription answers to a question of all; the name leads to who they are and by which grants. */
export function SubscriptionAnswers({ answers, view, path, from, size, total, notRead }: Props) {
  const question = { ...view, scope: '', cursor: null }
  const some = answers.filter(({ held, eligible }) => held !== 0 || eligible !== 0).length
  const pageHref = (first: number) => path + formatAskAllView({ ...view, from: Math.max(0, first) })
  const pager = (
    <Pager
      start={from}
      shown={answers.length}
      total={total}
      unit={total === 1 ? 'subscription' : 'subscriptions'}
      previousHref={from > 0 ? pageHref(from - size) : null}
      nextHref={from + size < total ? pageHref(from + size) : null}
    />
  )
  const verb = view.operation === '' ? 'holds it' : 'can do it'
  return (
    <section aria-labelledby="answer">
      <h2 id="answer" className="sr-only">
        Answer
      </h2>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-base font-medium">
          {some === 0
            ? `Nobody ${verb} in any of these subscriptions, as far as they were read.`
            : `In ${some.toLocaleString('en')} of ${answers.length < total ? 'these ' : ''}${answers.length.toLocaleString('en')} subscriptions somebody ${verb}, or could.`}
        </p>
        <div className="flex flex-wrap items-center gap-2">
          <WhoSwitch path={path} view={question} />
          <ExportMenu path="/people/export" query={`list=ask&${formatAskAllView({ ...view, from: 0 }).slice(1)}`} />
        </div>
      </div>
      {view.plane ? (
        <PlaneNote
          plane={view.plane}
          otherPlaneHref={
            path + formatAskAllView({ ...view, plane: view.plane === 'data' ? 'control' : 'data', from: 0 })
          }
        />
      ) : null}
      <NotRead subscriptions={notRead} />
      <Table caption="Answers by subscription">
        <Thead>
          <Th className="tabular:w-[34%]">Subscription</Th>
          <Th className="tabular:w-[12%] tabular:text-right">Now</Th>
          <Th className="tabular:w-[18%] tabular:text-right">After activating</Th>
          <Th>What the answer cannot see</Th>
        </Thead>
        <Tbody>
          {answers.map((answer) => (
            <Tr key={answer.id}>
              <RowTh>
                <Link
                  href={`/integrations/azure/${answer.id}/ask${formatAskView(question)}`}
                  prefetch={false}
                  dir="auto"
                  className="wrap-anywhere hover:underline"
                >
                  {spellControls(answer.label)}
                </Link>
              </RowTh>
              <Td label="Now" className="tabular-nums tabular:text-right">
                {totalWords(answer.held)}
                {answer.cutOff ? (
                  <span className="block text-xs text-ink-faint">
                    {answer.cutOff.toLocaleString('en')} cut off by deny assignments
                  </span>
                ) : null}
              </Td>
              <Td label="After activating" className="tabular-nums tabular:text-right">
                {answer.eligible === null ? 'not counted' : answer.eligible.toLocaleString('en')}
              </Td>
              <Td label="Cannot see" className="text-ink-soft">
                {listUnseen(answer).join(' ')}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      <p className="mt-2 text-sm text-ink-soft">Counted in each subscription: who is in two of them counts in both.</p>
      {pager}
    </section>
  )
}

/** The most subscriptions that are named one by one. */
const MOST_NAMED = 5

/** Says of which subscriptions nothing is known yet. Nothing when there are none. */
function NotRead({ subscriptions }: { subscriptions: Props['notRead'] }) {
  if (subscriptions.length === 0) return null
  const more = subscriptions.length - MOST_NAMED
  return (
    <Notice tone="warn" title="Not every connected subscription could be asked" className="my-3">
      <p>Nothing has been read yet of:</p>
      <ul>
        {subscriptions.slice(0, MOST_NAMED).map(({ id, label }) => (
          <li key={id}>
            <Name of={label} />
          </li>
        ))}
      </ul>
      {more > 0 ? <p>And of {more.toLocaleString('en')} more.</p> : null}
    </Notice>
  )
}

/** What was not read or looked at, as sentences. */
function listUnseen({ cutOff, unreadRoles, missed }: SubscriptionAnswer): string[] {
  return [
    ...(cutOff === null ? ['Some of them may be cut off by deny assignments.'] : []),
    ...(unreadRoles > 0 ? [unreadRolesWords(unreadRoles)] : []),
    ...missed,
  ]
}
