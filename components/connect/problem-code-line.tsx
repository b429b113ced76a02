import type { AttemptProblem } from '@/lib/domain/vocabulary'

type Props = { problem: Pick<AttemptProblem, 'aadsts' | 'correlationId'> }

/** Microsoft's own numbers for a problem, in small print: administrators and Microsoft's support ask for them. */
export function ProblemCodeLine({ problem }: Props) {
  if (!problem.aadsts && !problem.correlationId) return null
  return (
    <dl className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft">
      {problem.aadsts && (
        <div className="flex gap-1.5">
          <dt className="shrink-0">Microsoft’s code</dt>
          <dd className="font-mono">AADSTS{problem.aadsts}</dd>
        </div>
      )}
      {problem.correlationId && (
        <div className="flex gap-1.5">
          <dt className="shrink-0">Correlation ID</dt>
          <dd className="font-mono break-all">{problem.correlationId}</dd>
        </div>
      )}
    </dl>
  )
}
