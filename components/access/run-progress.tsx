import { ElapsedTime } from '@/components/ui/elapsed-time'
import { RefreshWhile } from '@/components/ui/refresh-while'
import type { ConnectionFacts } from '@/db/queries/connections'
import type { RunPhase } from '@/lib/domain/vocabulary'

const PHASES: Record<RunPhase, string> = {
  starting: 'Starting',
  reading_assignments: 'Reading role assignments',
  reading_groups: 'Opening groups',
  reading_people: 'Reading people',
  publishing: 'Publishing',
  done: 'Publishing',
}

/** The sync under way, followed live: its phase and what it has really counted so far. */
export function RunProgress({ run }: { run: NonNullable<ConnectionFacts['openRun']> }) {
  const { assignments, groups, groupsWanted, people, peopleWanted, roles } = run.counters
  const soFar = [
    assignments === undefined ? null : `${assignments.toLocaleString('en')} assignments`,
    roles === undefined ? null : `${roles.toLocaleString('en')} roles`,
    counted(groups, groupsWanted, 'groups'),
    counted(people, peopleWanted, 'people'),
  ].filter(Boolean)

  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-accent-soft px-3 py-2 text-sm">
      <RefreshWhile active everyMs={2000} />
      <p role="status" className="font-medium">
        {run.state === 'queued' ? 'Waiting to start' : PHASES[run.phase]}
      </p>
      <p className="text-ink-soft tabular-nums">{soFar.join(' · ')}</p>
      <ElapsedTime since={run.startedAt ?? run.requestedAt} className="ml-auto text-ink-soft" />
    </div>
  )
}

function counted(read: number | undefined, wanted: number | undefined, unit: string): string | null {
  if (read === undefined || (read === 0 && !wanted)) return null
  return `${read.toLocaleString('en')}${wanted ? ` of ${wanted.toLocaleString('en')}` : ''} ${unit}`
}
