import { ChevronRight } from 'lucide-react'
import { OPTIONAL_PERMISSIONS, type OptionalScope } from '@/lib/domain/permissions'

const RECOMMENDED = OPTIONAL_PERMISSIONS.filter(({ recommended }) => recommended)
const OTHERS = OPTIONAL_PERMISSIONS.filter(({ recommended }) => !recommended)

/**
 * The optional permissions, each with its reason, to be ticked. The recommended one is in sight, the others are folded away unless
 * one of them is ticked already. The form around them sends the ticked ones as `optional`.
 */
export function OptionalPermissionTicks({ ticked }: { ticked: readonly OptionalScope[] }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 font-medium">Optional</legend>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        <Ticks permissions={RECOMMENDED} ticked={ticked} />
        <details className="group" open={OTHERS.some(({ scope }) => ticked.includes(scope))}>
          <summary className="flex items-center gap-3 rounded-lg px-4 py-2.5 text-ink-soft hover:text-ink">
            <ChevronRight
              size={16}
              aria-hidden="true"
              className="shrink-0 transition-transform group-open:rotate-90 motion-reduce:transition-none"
            />
            {OTHERS.length} more permissions
          </summary>
          <div className="divide-y divide-line border-t border-line">
            <Ticks permissions={OTHERS} ticked={ticked} />
            <p className="px-4 py-2.5 text-sm text-ink-soft">
              An administrator approves each once per tenant. What is left out can be asked for later, in the
              connection’s settings.
            </p>
          </div>
        </details>
      </div>
    </fieldset>
  )
}

type TicksProps = { permissions: readonly (typeof OPTIONAL_PERMISSIONS)[number][]; ticked: readonly OptionalScope[] }

function Ticks({ permissions, ticked }: TicksProps) {
  return permissions.map(({ scope, recommended, why }) => (
    <label key={scope} className="flex items-start gap-3 px-4 py-2.5">
      <input
        type="checkbox"
        name="optional"
        value={scope}
        defaultChecked={ticked.includes(scope)}
        className="mt-0.5 size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0 flex-1 text-ink-soft">
        <code className="font-mono text-sm break-all text-ink">{scope}</code>
        {recommended && <span className="text-xs"> · recommended</span>}
        <br />
        {why}
      </span>
    </label>
  ))
}
