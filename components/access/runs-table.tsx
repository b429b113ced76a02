import { CircleCheck, CircleSlash, CircleX, Clock } from 'lucide-react'
import Link from 'next/link'
import type { ComponentProps, ReactNode } from 'react'
import { Name } from '@/components/ui/name'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { ElapsedTime, RelativeTime } from '@/components/ui/time'
import type { RunRow } from '@/db/queries/runs'
import { formatMoment, instantWords, keepMoment } from '@/lib/domain/as-of'
import { STATUS_WORDS } from '@/lib/domain/connection-status'
import { groupPlanSentence } from '@/lib/domain/coverage'
import { explain } from '@/lib/domain/problems'
import { describeRunStart } from '@/lib/domain/run-words'
import type { GroupPlan } from '@/lib/domain/vocabulary'
import { RunCoverage } from './coverage'
import { RUN_STATE_LABELS } from './labels'

type Props = {
  rows: RunRow[]
  /** The address of the connection's page. */
  path: string
  changesHref: (after: Date, until: Date, effect: 'gained' | 'lost') => string
}

/** The history of a connection's syncs, latest first. What one has changed leads to its changes. */
export function RunsTable({ rows, path, changesHref }: Props) {
  return (
    <Table caption="Syncs of this subscription" layout="runs">
      <Thead>
        <Th area="asked" className="tabular:w-[13%]">
          When
        </Th>
        <Th area="by" className="tabular:w-[16%]">
          How it began
        </Th>
        <Th area="result">Result</Th>
        <NumberTh area="duration">Duration</NumberTh>
        <NumberTh area="calls" line="over">
          Calls
        </NumberTh>
        <NumberTh area="retries" line="under">
          Retries
        </NumberTh>
        <NumberTh area="gained" line="over">
          Gained
        </NumberTh>
        <NumberTh area="lost" line="under">
          Lost
        </NumberTh>
      </Thead>
      <Tbody>
        {rows.map((run) => (
          <Tr key={run.id}>
            <Td area="asked">
              <RelativeTime at={run.requestedAt} />
            </Td>
            <Td area="by" className="text-ink-soft">
              <Start run={run} />
            </Td>
            <Td area="result">
              <Result run={run} />
              <RunCoverage coverage={run.coverage} />
              <ResultLinks run={run} path={path} />
            </Td>
            <NumberTd area="duration" label="Duration">
              <Duration run={run} />
            </NumberTd>
            <NumberTd area="calls" line="over" label="Calls">
              {run.calls.toLocaleString('en')}
            </NumberTd>
            <NumberTd area="retries" line="under" label="Retries">
              {run.retries.toLocaleString('en')}
            </NumberTd>
            <NumberTd area="gained" line="over" label="Gained">
              <Changed run={run} number={run.gained} word="gained" href={changesHref} />
            </NumberTd>
            <NumberTd area="lost" line="under" label="Lost">
              <Changed run={run} number={run.lost} word="lost" href={changesHref} />
            </NumberTd>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function Start({ run: { trigger, requestedByName } }: { run: RunRow }) {
  const { words, name } = describeRunStart(trigger, requestedByName)
  return (
    <>
      {words} {name && <Name of={name} />}
    </>
  )
}

type ChangedProps = { run: RunRow; number: number; word: 'gained' | 'lost'; href: Props['changesHref'] }

/** How many changes gave or took access since the result before, as a link to these. A first result has gained nothing. */
function Changed({ run: { state, finishedAt, previousAt }, number, word, href }: ChangedProps) {
  if (state !== 'succeeded' || !finishedAt || !previousAt) return '–'
  if (number === 0) return '0'
  return (
    <Link href={href(previousAt, finishedAt, word)} prefetch={false} className="link">
      {number.toLocaleString('en')}
      <span className="sr-only">
        {' '}
        {number === 1 ? 'change' : 'changes'} that {word === 'gained' ? 'gave' : 'took'} access
      </span>
    </Link>
  )
}

function Result({ run }: { run: RunRow }) {
  const word = RUN_STATE_LABELS[run.state]
  if (run.state === 'queued') return <Outcome icon={<Clock aria-hidden />} word={word} />
  if (run.state === 'running') return <Outcome icon={<Clock aria-hidden />} word={word} tone="text-accent" />
  if (run.state === 'cancelled') return <Outcome icon={<CircleSlash aria-hidden />} word={word} />
  if (run.state === 'failed') {
    const { title, sentence } = explain(run.problem?.code)
    return (
      <Outcome icon={<CircleX aria-hidden />} word={word} tone="text-bad">
        {title}. {sentence}
      </Outcome>
    )
  }
  return (
    <Outcome
      icon={<CircleCheck aria-hidden />}
      word={run.gaps ? STATUS_WORDS.gaps : word}
      tone={run.gaps ? 'text-warn' : 'text-good'}
    >
      {run.people.toLocaleString('en')} people
      {run.unread > 0 ? ` and ${run.unread.toLocaleString('en')} not read now` : null},{' '}
      {run.assignments.toLocaleString('en')} assignments
      {run.plan && run.plan.way !== 'none' ? (
        <span title={groupPlanSentence(run.plan.why)}>. {describeGroupPlan(run.plan)}</span>
      ) : null}
    </Outcome>
  )
}

/** The lists as a run left them, and what differs from the result before it. */
function ResultLinks({ run: { state, finishedAt }, path }: { run: RunRow; path: string }) {
  if (state !== 'succeeded' || !finishedAt) return null
  const at = formatMoment(finishedAt)
  return (
    <p className="mt-1 flex flex-wrap gap-x-4 print:hidden">
      <Link href={keepMoment(path, at)} prefetch={false} className="link">
        See it as it was<span className="sr-only"> after the sync of {instantWords(finishedAt)}</span>
      </Link>
      <Link href={`${path}/compare?to=${encodeURIComponent(at)}`} prefetch={false} className="link">
        Compare with before<span className="sr-only"> the sync of {instantWords(finishedAt)}</span>
      </Link>
    </p>
  )
}

/** How groups were opened and in how many calls. Why it was done so is shown on hover, and under Coverage for the latest result. */
function describeGroupPlan({ way, predicted, made }: GroupPlan): string {
  if (way === 'unopened') return 'Groups not opened'
  const calls = `${made.toLocaleString('en')} ${made === 1 ? 'call' : 'calls'}, ${predicted.toLocaleString('en')} expected`
  return `Groups opened ${way === 'members' ? 'from the groups down' : 'from the people up'}: ${calls}`
}

type OutcomeProps = { icon: ReactNode; word: string; tone?: string; children?: ReactNode }

function Outcome({ icon, word, tone = 'text-ink-soft', children }: OutcomeProps) {
  return (
    <>
      <span className={`inline-flex items-center gap-1.5 font-medium [&_svg]:size-4 ${tone}`}>
        {icon}
        {word}
      </span>
      {children ? <p className="text-ink-soft">{children}</p> : null}
    </>
  )
}

function Duration({ run: { startedAt, finishedAt, state } }: { run: RunRow }) {
  if (!startedAt) return '–'
  if (state === 'running') return <ElapsedTime since={startedAt} />
  return finishedAt ? <ElapsedTime since={startedAt} until={finishedAt} /> : '–'
}

const NumberTh = (props: ComponentProps<typeof Th>) => <Th className="tabular:w-[7.5%] tabular:text-right" {...props} />
const NumberTd = (props: ComponentProps<typeof Td>) => (
  <Td className="text-ink-soft tabular-nums tabular:text-right" {...props} />
)
