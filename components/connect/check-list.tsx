import { ChevronRight, CircleCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Check } from '@/lib/connections/checks'
import { CheckLine } from './checks'

type Props = {
  checks: Check[]
  /** What makes a check pass; nothing where there is no fix, or where it stands with another check already. */
  renderFix: (check: Check) => ReactNode
}

/** The checks of a sign-in: those that passed in one line, and the others open, each with its fix. */
export function CheckList({ checks, renderFix }: Props) {
  const passed = checks.filter(({ state }) => state === 'passed')
  const others = checks.filter(({ state }) => state !== 'passed')

  return (
    <div className="divide-y divide-line rounded-lg border border-line bg-surface">
      {others.length > 0 && (
        <ul aria-label="Checks" className="divide-y divide-line">
          {others.map((check) => (
            <CheckLine key={check.id} check={check} fix={renderFix(check)} />
          ))}
        </ul>
      )}
      {passed.length > 0 && (
        <details className="group">
          <summary className="flex items-center gap-3 rounded-lg px-4 py-2.5 font-medium">
            <CircleCheck size={16} aria-hidden="true" className="shrink-0 text-good" />
            {passed.length} of {checks.length} checks passed
            <ChevronRight
              size={16}
              aria-hidden="true"
              className="ml-auto shrink-0 text-ink-soft transition-transform group-open:rotate-90 motion-reduce:transition-none"
            />
          </summary>
          <ul aria-label="Passed checks" className="divide-y divide-line border-t border-line">
            {passed.map((check) => (
              <CheckLine key={check.id} check={check} />
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
