import { CircleCheck, CircleSlash, CircleX, Clock } from 'lucide-react'
import type { ReactNode } from 'react'
import { Table, Td, Th } from '@/components/ui/table'
import { ElapsedTime, RelativeTime } from '@/components/ui/time'
import type { RunRow } from '@/db/queries/connections'
import { groupPlanSentence } from '@/lib/domain/coverage'
import { explain } from '@/lib/domain/problems'
import type { GroupPlan, RunTrigger } from '@/lib/domain/vocabulary'
import { WIDE_TABLE } from './skeletons'

const TRIGGERS: Record<RunTrigger, string> = {
  connect: 'First sync',
  reconnect: 'Reconnected',
  manual: 'Sync now',
  schedule: 'Schedule',
  retry: 'Automatic retry',
}

/** The history of a connection's syncs, latest first. */
export function RunsTable({ rows }: { rows: RunRow[] }) {
  return (
    <Table caption="Syncs of this subscription" className={WIDE_TABLE}>
      <thead>
        <tr>
          <Th className="xl:w-[11%]">Asked for</Th>
          <Th className="xl:w-[11%]">Trigger</Th>
          <Th className="xl:w-[14%]">By</Th>
          <Th className="xl:w-[28%]">Result</Th>
          <Num>Duration</Num>
          <Num>Calls</Num>
          <Num>Retries</Num>
          <Num>Gained</Num>
          <Num>Lost</Num>
        </tr>
      </thead>
      <tbody>
        {rows.map((run) => (
          <tr key={run.id}>
            <Td className="whitespace-nowrap">
              <RelativeTime at={run.requestedAt} />
            </Td>
            <Td className="text-ink-soft">{TRIGGERS[run.trigger]}</Td>
            <Td className="max-w-48">
              <span dir="auto" title={run.requestedByName ?? undefined} className="block truncate text-ink-soft">
                {run.requestedByName ?? 'Rolecall'}
              </span>
            </Td>
            <Td className="max-w-96">
              <Result run={run} />
            </Td>
            <NumCell>
              <Duration run={run} />
            </NumCell>
            <NumCell>{run.calls.toLocaleString('en')}</NumCell>
            <NumCell>{run.retries.toLocaleString('en')}</NumCell>
            <NumCell>{run.state === 'succeeded' ? run.gained.toLocaleString('en') : '–'}</NumCell>
            <NumCell>{run.state === 'succeeded' ? run.lost.toLocaleString('en') : '–'}</NumCell>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}

function Result({ run }: { run: RunRow }) {
  if (run.state === 'queued') return <Mark icon={<Clock aria-hidden />} word="Waiting to start" />
  if (run.state === 'running') return <Mark icon={<Clock aria-hidden />} word="Under way" tone="text-accent" />
  if (run.state === 'cancelled') return <Mark icon={<CircleSlash aria-hidden />} word="Cancelled" />
  if (run.state === 'failed') {
    const { title, sentence } = explain(run.problem?.code)
    return (
      <Mark icon={<CircleX aria-hidden />} word="Failed" tone="text-bad">
        {title}. {sentence}
      </Mark>
    )
  }
  return (
    <Mark
      icon={<CircleCheck aria-hidden />}
      word={run.gaps ? 'Synced with gaps' : 'Synced'}
      tone={run.gaps ? 'text-warn' : 'text-good'}
    >
      {run.people.toLocaleString('en')} people, {run.assignments.toLocaleString('en')} assignments
      {run.plan && run.plan.way !== 'none' ? (
        <span title={groupPlanSentence(run.plan.why)}>. {groupsInWords(run.plan)}</span>
      ) : null}
    </Mark>
  )
}

/** What opening groups came to; the sentence behind it is on hover, and under Coverage for the result that is shown. */
function groupsInWords({ way, predicted, made }: GroupPlan): string {
  if (way === 'unopened') return 'Groups not opened'
  const calls = `${made.toLocaleString('en')} ${made === 1 ? 'call' : 'calls'}, ${predicted.toLocaleString('en')} reckoned with`
  return `Groups opened ${way === 'members' ? 'from the groups down' : 'from the people up'}: ${calls}`
}

function Mark({
  icon,
  word,
  tone = 'text-ink-soft',
  children,
}: {
  icon: ReactNode
  word: string
  tone?: string
  children?: ReactNode
}) {
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

const Num = ({ children }: { children: ReactNode }) => <Th className="text-right">{children}</Th>
const NumCell = ({ children }: { children: ReactNode }) => (
  <Td className="text-right whitespace-nowrap text-ink-soft tabular-nums">{children}</Td>
)
