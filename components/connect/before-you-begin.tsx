import { CircleCheck } from 'lucide-react'
import { PERMISSIONS } from '@/lib/domain/permissions'
import { AssignReaderSteps, type AzurePortal, FoldedSteps } from './azure-steps'
import { Approvers, NotRequested } from './permissions'

const TICKS = [
  'Rolecall reads people, groups and roles, and changes nothing.',
  'Your account needs Reader on the subscription.',
  'An administrator approves it once.',
]

/** What is needed to connect, in three lines, with what each of them means folded away. */
export function BeforeYouBegin({ portal }: { portal: AzurePortal }) {
  return (
    <>
      <ul className="grid grid-cols-1 gap-2">
        {TICKS.map((tick) => (
          <li key={tick} className="flex gap-2.5">
            <CircleCheck size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-good" />
            {tick}
          </li>
        ))}
      </ul>
      <div className="grid grid-cols-1 gap-3">
        <FoldedSteps title="What Microsoft asks for">
          <AskedFor />
        </FoldedSteps>
        <FoldedSteps title="Who can approve">
          <Approvers />
        </FoldedSteps>
        <FoldedSteps title="How to assign Reader">
          <AssignReaderSteps portal={portal} />
        </FoldedSteps>
      </div>
    </>
  )
}

/** Each permission that every sign-in asks for, and what is never asked for. The optional ones stand where they are ticked. */
function AskedFor() {
  return (
    <div className="grid grid-cols-1 gap-4">
      <ul className="grid grid-cols-1 gap-3">
        {PERMISSIONS.map(({ scope, resource, adminConsent, why, without }) => (
          <li key={scope} className="text-ink-soft">
            <code className="font-mono text-sm text-ink">{scope}</code>
            <span className="text-xs">
              {' '}
              · {resource}
              {adminConsent && ' · needs an administrator’s consent, once per tenant'}
            </span>
            <br />
            {why} Without it: {without.charAt(0).toLowerCase() + without.slice(1)}
          </li>
        ))}
      </ul>
      <p className="text-ink-soft">
        Others are optional. You choose among them before you sign in; one is ticked already.
      </p>
      <div className="grid grid-cols-1 gap-2">
        <p className="font-medium">Not requested</p>
        <NotRequested />
      </div>
    </div>
  )
}
