import Link from 'next/link'
import type { ReactNode } from 'react'
import type { KnownOperation } from '@/lib/domain/operations'
import { scopeLevel, scopeWords } from '@/lib/domain/scopes'
import { type AskView, formatAskView } from '@/lib/domain/views'
import type { ManagementGroup } from '@/lib/domain/vocabulary'
import { upperFirst } from '@/lib/domain/words'

type Props = {
  path: string
  view: AskView
  /** The subscription whose scopes are suggested; null where none are. */
  of: { subscriptionName: string; managementGroups: ManagementGroup[] | null } | null
  /** What a scope or an operation perhaps means that was typed in plain words. */
  scopes: string[]
  operations: KnownOperation[]
}

/** What is perhaps meant by plain words, each leading to that question. Nothing where there is nothing to suggest. */
export function AskSuggestions({ path, view, of, scopes, operations }: Props) {
  if (scopes.length + operations.length === 0) return null
  const ask = (change: Partial<AskView>) => path + formatAskView({ ...view, ...change, cursor: null })
  return (
    <section
      aria-label="Did you mean"
      className="mt-3 grid gap-3 rounded-lg border border-line bg-accent-soft px-4 py-3"
    >
      {of && scopes.length > 0 ? (
        <Suggestions title="Which scope do you mean?">
          {scopes.map((scope) => (
            <Suggestion key={scope} href={ask({ scope })} name={scope}>
              {upperFirst(scopeWords({ scope, level: scopeLevel(scope), ...of }).place)}
            </Suggestion>
          ))}
        </Suggestions>
      ) : null}
      {operations.length > 0 ? (
        <Suggestions title="Which operation do you mean?">
          {operations.map(({ words, operation }) => (
            <Suggestion key={operation} href={ask({ operation, plane: null })} name={operation}>
              {words}
            </Suggestion>
          ))}
        </Suggestions>
      ) : null}
    </section>
  )
}

const Suggestions = ({ title, children }: { title: string; children: ReactNode }) => (
  <div>
    <h3 className="font-medium">{title}</h3>
    <ul className="mt-1 grid gap-1">{children}</ul>
  </div>
)

const Suggestion = ({ href, name, children }: { href: string; name: string; children: ReactNode }) => (
  <li className="flex flex-wrap items-baseline gap-x-3">
    <Link href={href} prefetch={false} scroll={false} className="link">
      {children}
    </Link>
    <code className="min-w-0 text-xs break-all text-ink-soft">{name}</code>
  </li>
)
