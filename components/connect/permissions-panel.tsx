import { Chip, type ChipTone } from '@/components/ui/chip'
import { SubmitButton } from '@/components/ui/submit-button'
import type { OptionalPermission } from '@/lib/connections/manage'
import { OPTIONAL_PERMISSIONS, type OptionalScope } from '@/lib/domain/permissions'

type Action = (connectionId: string, scope: OptionalScope) => Promise<void>

type Props = {
  connectionId: string
  permissions: OptionalPermission[]
  actions: { askForPermission: Action; stopUsingPermission: Action }
}

const STATES: Record<OptionalPermission['state'], { word: string; tone: ChipTone }> = {
  granted: { word: 'Granted', tone: 'good' },
  withdrawn: { word: 'Withdrawn in Microsoft Entra', tone: 'warn' },
  not_asked: { word: 'Not asked for', tone: 'neutral' },
}

/** The optional permissions of a connection: what each adds, how it stands, and the way to have it or do without. */
export function PermissionsPanel({ connectionId, permissions, actions }: Props) {
  const states = new Map(permissions.map(({ scope, state }) => [scope, state]))

  return (
    <section aria-labelledby="permissions" className="p-4">
      <h2 id="permissions" className="font-medium">
        Permissions
      </h2>
      <p className="mt-0.5 mb-3 text-ink-soft">
        Beyond what every connection needs. Each only reads, and an administrator of the tenant approves it once.
      </p>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {OPTIONAL_PERMISSIONS.map(({ scope, adds }) => {
          const state = states.get(scope) ?? 'not_asked'
          return (
            <li key={scope} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
              <div className="min-w-0 flex-1 basis-64">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
                  <code className="font-mono text-sm break-all">{scope}</code>
                  <Chip tone={STATES[state].tone}>{STATES[state].word}</Chip>
                </p>
                <p className="mt-1 text-ink-soft">{adds}</p>
              </div>
              <div className="flex flex-wrap gap-2">
                {state !== 'granted' && (
                  <form action={actions.askForPermission.bind(null, connectionId, scope)}>
                    <SubmitButton size="sm" className="relative" pendingLabel="Opening…">
                      Ask Microsoft for it <span className="sr-only">{scope}</span>
                    </SubmitButton>
                  </form>
                )}
                {state !== 'not_asked' && (
                  <form action={actions.stopUsingPermission.bind(null, connectionId, scope)}>
                    <SubmitButton variant="ghost" size="sm" className="relative" pendingLabel="Stopping…">
                      Stop using it <span className="sr-only">{scope}</span>
                    </SubmitButton>
                  </form>
                )}
              </div>
            </li>
          )
        })}
      </ul>
      <p className="mt-2 text-sm text-ink-soft">
        A change shows after the next sync. Rolecall stops asking for a permission that you stop using; the tenant’s
        consent itself is withdrawn in Microsoft Entra, under Enterprise applications.
      </p>
    </section>
  )
}
