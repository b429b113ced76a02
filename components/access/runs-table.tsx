import { CircleCheck, CircleSlash, CircleX, Clock } from 'lucide-react'
import type { ReactNode } from 'react'
import { Table, Td, Th } from '@/components/ui/table'
import { ElapsedTime, RelativeTime } from '@/components/ui/time'
import type { RunRow } from '@/db/queries/runs'
import { STATUS_WORDS } from '@/lib/domain/connection-status'
import { groupPlanSentence } from '@/lib/domain/coverage'
import { explain } from '@/lib/domain/problems'
import type { GroupPlan } from '@/lib/domain/vocabulary'
import { RUN_STATE_LABELS, RUN_TRIGGER_LABELS } from './labels'

/** The history of a connection's syncs, latest first. */
export function RunsTable({ rows }: { rows: RunRow[] }) {
  return (
    <Table caption="Syncs of this subscription" wide>
      <thead>
        <tr>
          <Th className="xl:w-[11%]">Asked for</Th>
          <Th className="xl:w-[11%]">Trigger</Th>
          <Th className="xl:w-[14%]">By</Th>
          <Th className="xl:w-[28%]">Result</Th>
          <NumberTh>Duration</NumberTh>
          <NumberTh>Calls</NumberTh>
          <NumberTh>Retries</NumberTh>
          <NumberTh>Gained</NumberTh>
          <NumberTh>Lost</NumberTh>
        </tr>
      </thead>
      <tbody>
        {rows.map((run) => (
          <tr key={run.id}>
            <Td className="whitespace-nowrap">
              <RelativeTime at={run.requestedAt} />
            </Td>
            <Td className="text-ink-soft">{RUN_TRIGGER_LABELS[run.trigger]}</Td>
            <Td className="max-w-48">
              <span dir="auto" title={run.requestedByName ?? undefined} className="block truncate text-ink-soft">
                {run.requestedByName ?? 'Rolecall'}
              </span>
            </Td>
            <Td className="max-w-96">
              <Result run={run} />
            </Td>
            <NumberTd>
              <Duration run={run} />
            </NumberTd>
            <NumberTd>{run.calls.toLocaleString('en')}</NumberTd>
            <NumberTd>{run.retries.toLocaleString('en')}</NumberTd>
            <NumberTd>{run.state === 'succeeded' ? run.gained.toLocaleString('en') : '–'}</NumberTd>
            <NumberTd>{run.state === 'succeeded' ? run.lost.toLocaleString('en') : '–'}</NumberTd>
          </tr>
        ))}
      </tbody>
    </Table>
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
      {run.people.toLocaleString('en')} people, {run.assignments.toLocaleString('en')} assignments
      {run.plan && run.plan.way !== 'none' ? (
        <span title={groupPlanSentence(run.plan.why)}>. {describeGroupPlan(run.plan)}</span>
      ) : null}
    </Outcome>
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
  if (!finishedAt) return '–'
  const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1000
  return seconds < 10 ? `${seconds.toFixed(1)} s` : <ElapsedTime since={startedAt} until={finishedAt} />
}

const NumberTh = ({ children }: { children: ReactNode }) => <Th className="text-right">{children}</Th>
const NumberTd = ({ children }: { children: ReactNode }) => (
  <Td className="text-right whitespace-nowrap text-ink-soft tabular-nums">{children}</Td>
)
