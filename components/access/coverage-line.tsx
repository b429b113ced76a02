import { ChevronRight } from 'lucide-react'
import type { CoverageLine as Line } from '@/db/schema'
import { explain } from '@/lib/problems'

const NAMES: Record<Line['dataset'], string> = {
  assignments: 'Role assignments',
  eligible: 'Eligible and time-bound roles',
  roles: 'Role definitions',
  denies: 'Deny assignments',
  scopes: 'Management groups above',
  people: 'People',
  groups: 'Groups',
  other_principals: 'Names of other principals',
  sign_ins: 'Last sign-ins',
}

/** The honest ledger of the result that is shown: what was read whole, and what was not. */
export function CoverageLine({ coverage, groups }: { coverage: Line[]; groups: number }) {
  if (coverage.length === 0) return null
  const gaps = coverage.filter((line) => line.state === 'partly' || line.state === 'not_permitted')

  return (
    <details className="group mb-4 text-sm text-ink-soft">
      <summary className="-mx-1 inline-flex max-w-full items-start gap-1 rounded-md px-1 hover:text-ink">
        <ChevronRight aria-hidden className="mt-0.5 size-4 shrink-0 transition-transform group-open:rotate-90" />
        <span>
          {gaps.length === 0
            ? 'Coverage: everything asked for was read whole.'
            : `Coverage: ${gaps.map((line) => NAMES[line.dataset].toLowerCase()).join(' and ')} could not be read whole.`}
          {groups > 0 ? ` ${unopened(groups)}` : null}
        </span>
      </summary>
      <ul className="mt-2 ml-5 grid list-disc gap-1 pl-4">
        {coverage.map((line) => (
          <li key={line.dataset}>
            <span className="font-medium text-ink">{NAMES[line.dataset]}:</span> {said(line)}
          </li>
        ))}
      </ul>
    </details>
  )
}

function unopened(groups: number): string {
  const holders = groups === 1 ? '1 group holds a role here' : `${groups.toLocaleString('en')} groups hold roles here`
  return `${holders}. Rolecall does not open groups yet: people who have access only through them are not listed.`
}

function said({ state, read, missing, why }: Line): string {
  const count = read.toLocaleString('en')
  if (state === 'whole') return `${count} read, all there are.`
  if (state === 'not_asked') return 'not asked for yet.'
  const reason = why ? ` ${explain(why).sentence}` : ''
  if (state === 'not_permitted') return `not readable with the granted permissions.${reason}`
  return `${count} read, ${missing.toLocaleString('en')} missing.${reason}`
}
