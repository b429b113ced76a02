import { TriangleAlert } from 'lucide-react'
import { joinClasses } from '@/components/ui/join-classes'

/** Role assignments that Azure allows in a subscription: those at it and below it, eligible ones not counted (Azure RBAC limits). */
const MOST_ASSIGNMENTS = 4000
/** From this share on there is reason to tidy up before the next assignment is refused. */
const WARN_FROM = 0.8

/** How much of Azure’s limit of role assignments a subscription uses; a warning when little is left. */
export function AssignmentLimit({ used }: { used: number }) {
  const share = used / MOST_ASSIGNMENTS
  const near = share >= WARN_FROM
  return (
    <span
      title={`${used.toLocaleString('en')} role assignments at or below the subscription, of ${MOST_ASSIGNMENTS.toLocaleString('en')} that Azure allows`}
      className={joinClasses('inline-flex items-center gap-1 tabular-nums', near && 'font-medium text-warn')}
    >
      {near ? <TriangleAlert aria-hidden className="size-4 shrink-0" /> : null}
      {percent(share)} used
    </span>
  )
}

function percent(share: number): string {
  if (share > 0 && share < 0.01) return 'less than 1 %'
  return `${Math.floor(share * 100)} %`
}
