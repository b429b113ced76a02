import { Route } from 'lucide-react'
import type { GroupPlan } from '@/lib/domain/vocabulary'

const WAYS: Record<GroupPlan['way'], string> = {
  none: 'there were none to open',
  members: 'from the groups down to their members',
  people: 'from every person of the directory up',
  unopened: 'not opened',
}

/** How a run set out to open groups, what that cost in calls, and why this way. */
export function GroupPlanLine({ plan }: { plan: GroupPlan }) {
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2.5 px-3 py-2">
      <Route aria-hidden className="mt-0.5 size-4 text-ink-faint" />
      <div className="min-w-0">
        <p>
          <span className="font-medium text-ink">How groups were opened:</span> {WAYS[plan.way]}
          {plan.way === 'unopened' ? null : (
            <span className="tabular-nums">
              , {plan.predicted.toLocaleString('en')} {plan.predicted === 1 ? 'call' : 'calls'} reckoned with,{' '}
              {plan.made.toLocaleString('en')} made
            </span>
          )}
          .
        </p>
        <p>{plan.why}</p>
      </div>
    </li>
  )
}
