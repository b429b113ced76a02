import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Check } from '@/lib/connections/checks'
import { explain } from '@/lib/domain/problems'
import { ProblemCodeLine } from './problem-code-line'

export const CHECK_NAMES: Record<Check['id'], string> = {
  account: 'Right tenant and account',
  subscription: 'Subscription readable and enabled',
  assignments: 'Role assignments readable',
  directory: 'Directory readable',
  groups: 'Groups readable',
}

const FOUND: Record<Check['id'], (detail: string) => string> = {
  account: (name) => `Microsoft signed ${name || 'the account'} in to the tenant that owns the subscription.`,
  subscription: (name) => `${name || 'The subscription'} can be read and is enabled.`,
  assignments: (count) =>
    count === '1'
      ? '1 role assignment can be read.'
      : `${Number(count).toLocaleString('en')} role assignments can be read.`,
  directory: () => 'User.Read.All is granted: names, emails and statuses can be read.',
  groups: (scope) => `${scope} is granted: groups will be opened.`,
}

const MARKS = {
  passed: { icon: CircleCheck, word: 'Passed', tone: 'text-good' },
  failed: { icon: CircleX, word: 'Failed', tone: 'text-bad' },
  warned: { icon: TriangleAlert, word: 'Warning', tone: 'text-warn' },
  skipped: { icon: CircleDashed, word: 'Not checked', tone: 'text-ink-soft' },
  not_asked: { icon: CircleDashed, word: 'Not asked for', tone: 'text-ink-soft' },
}

/** One check: its mark, what was found, and the exact fix when there is one. */
export function CheckLine({ check, fix }: { check: Check; fix?: ReactNode }) {
  const { icon: Icon, word, tone } = MARKS[check.state]
  const problem = check.code ? explain(check.code) : null

  return (
    <li className="flex gap-3 px-4 py-3">
      <Icon size={16} aria-hidden="true" className={`mt-0.5 shrink-0 ${tone}`} />
      <div className="grid grid-cols-1 min-w-0 flex-1 gap-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-medium">{CHECK_NAMES[check.id]}</span>
          <span className={`text-xs ${tone}`}>{word}</span>
        </p>
        {check.state === 'passed' && <p className="break-words text-ink-soft">{FOUND[check.id](check.detail ?? '')}</p>}
        {check.state === 'warned' && check.detail && <p className="break-words">{check.detail}</p>}
        {problem && check.state !== 'passed' && (
          <>
            <p className="text-ink-soft">{problem.sentence}</p>
            <p>{problem.next}</p>
            <div className="mt-2 grid grid-cols-1 gap-3 border-l-2 border-line pl-4 empty:hidden">{fix}</div>
          </>
        )}
        {check.state === 'skipped' && !problem && (
          <p className="text-ink-soft">It is checked once the ones above have passed.</p>
        )}
        {check.state === 'not_asked' && (
          <p className="text-ink-soft">
            Groups stay closed, unless the directory is small. GroupMember.Read.All can be asked for now, by signing in
            again, or later in the connection’s settings.
          </p>
        )}
        <ProblemCodeLine problem={check} />
      </div>
    </li>
  )
}
