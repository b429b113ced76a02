import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react'
import type { ApplicationCheck } from '@/lib/connections/check-application'
import { explain } from '@/lib/domain/problems'
import { joinList } from '@/lib/domain/words'
import { ProblemCodeLine } from './problem-code-line'

const NAMES: Record<ApplicationCheck['id'], string> = {
  sign_in: 'Token for Azure',
  subscriptions: 'Subscriptions readable',
  graph: 'Token for Microsoft Graph',
  people: 'People readable',
  optional: 'Optional permissions',
}

const FOUND: Record<ApplicationCheck['id'], (detail: string) => string> = {
  sign_in: () => 'Microsoft accepts the application and its credential.',
  subscriptions: (count) =>
    count === '1'
      ? 'Azure lists 1 subscription for it.'
      : `Azure lists ${Number(count).toLocaleString('en')} subscriptions for it.`,
  graph: (name) => `Microsoft Graph gives it a token${name ? ` as ${name}` : ''}.`,
  people: () => 'User.Read.All is granted: names, emails and statuses can be read.',
  optional: (names) => `All are granted: ${names}.`,
}

/** What is missing without a refusal, and what to do. */
const MISSING: Partial<Record<ApplicationCheck['id'], (missing: string[], detail: string | null) => string>> = {
  subscriptions: () =>
    'Azure lists no subscription for it. Give it Reader on a subscription or a management group, as said above. It can take some minutes to apply; you can add the account now and its subscriptions later.',
  people: ([name]) =>
    `${name} is not granted, so people are shown by ID only. Grant it as said above, with an administrator’s consent.`,
  optional: (missing, detail) =>
    `${detail ? `Granted: ${detail}. ` : ''}Not granted: ${joinList(missing, 'and')}. What these answer stays open; they can be granted at any time, and the next sync uses them.`,
}

const MARKS = {
  passed: { icon: CircleCheck, word: 'Passed', tone: 'text-good' },
  failed: { icon: CircleX, word: 'Failed', tone: 'text-bad' },
  warned: { icon: TriangleAlert, word: 'Warning', tone: 'text-warn' },
  skipped: { icon: CircleDashed, word: 'Not checked', tone: 'text-ink-soft' },
}

/** What Microsoft answered when everything was tried that an application account needs. */
export function ApplicationChecks({ checks }: { checks: ApplicationCheck[] }) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {checks.map((check) => (
        <CheckLine key={check.id} check={check} />
      ))}
    </ul>
  )
}

function CheckLine({ check }: { check: ApplicationCheck }) {
  const { id, state, code, detail, missing } = check
  const { icon: Icon, word, tone } = MARKS[state]
  const problem = code ? explain(code) : null
  return (
    <li className="flex gap-3 px-4 py-3">
      <Icon size={16} aria-hidden="true" className={`mt-0.5 shrink-0 ${tone}`} />
      <div className="grid min-w-0 flex-1 grid-cols-1 gap-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-medium">{NAMES[id]}</span>
          <span className={`text-xs ${tone}`}>{word}</span>
        </p>
        {state === 'passed' && <p className="break-words text-ink-soft">{FOUND[id](detail ?? '')}</p>}
        {state === 'skipped' && <p className="text-ink-soft">It is checked once the ones above have passed.</p>}
        {problem && (
          <>
            <p className="font-medium">{problem.title}</p>
            <p className="text-ink-soft">{problem.sentence}</p>
            <p>{problem.next}</p>
          </>
        )}
        {state === 'warned' && !problem && <p className="break-words">{MISSING[id]?.(missing, detail)}</p>}
        <ProblemCodeLine problem={check} />
      </div>
    </li>
  )
}
