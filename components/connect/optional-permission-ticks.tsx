import { OPTIONAL_PERMISSIONS, type OptionalScope } from '@/lib/domain/permissions'

/** What may be asked for beside the rest, each with its reason. The form sends the ticked ones as `optional`. */
export function OptionalPermissionTicks({ ticked }: { ticked: readonly OptionalScope[] }) {
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium">Optional, for more answers</legend>
      <p className="mt-1 mb-3 text-ink-soft">
        An administrator approves each once per tenant. What is left out can be asked for later, in the connection’s
        settings.
      </p>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {OPTIONAL_PERMISSIONS.map(({ scope, recommended, why }) => (
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
        ))}
      </div>
    </fieldset>
  )
}
