import type { PersonAccess } from '@/db/queries/person-access'
import { wordsOfCondition } from '@/lib/domain/condition-words'
import { dateWords, timeWords } from '@/lib/domain/words'

type Grant = PersonAccess['grants'][number]

/** One assignment in words: whose, for how long, since when, and on what condition. */
export function GrantFacts({ access, grant, now }: { access: PersonAccess; grant: Grant; now: Date }) {
  const own = grant.principalId === access.person.id
  const holder = access.groups.find(({ id }) => id === grant.principalId)?.name ?? grant.principalId
  const ended = grant.endsAt !== null && grant.endsAt <= now

  return (
    <li className="wrap-anywhere">
      {own ? (
        'Assigned directly. '
      ) : (
        <>
          Assigned to <bdi>{holder}</bdi>.{' '}
        </>
      )}
      <span className={ended ? 'text-warn' : undefined}>{timeWords(grant, now)}</span>{' '}
      {grant.assignedOn
        ? `Assigned in Azure on ${dateWords(grant.assignedOn)}; `
        : 'When it was assigned is not known; '}
      first seen here on {dateWords(grant.firstSeen)}.
      {grant.condition ? <Condition text={grant.condition} grants={access.grants} /> : null}
    </li>
  )
}

/** In words where its form is a known one; in full otherwise, and to check the words by. */
function Condition({ text, grants }: { text: string; grants: Grant[] }) {
  const words = wordsOfCondition(text, (id) => grants.find(({ roleId }) => roleId === id)?.roleName ?? null)
  return (
    <details className="mt-1">
      <summary className="rounded-md">
        <span className="font-medium text-ink">Condition:</span> {words ?? 'not of a form that can be put in words.'}{' '}
        <span className="link">In full</span>
      </summary>
      <pre className="mt-1 rounded-md border border-line bg-canvas p-2 font-mono text-xs break-words whitespace-pre-wrap text-ink">
        {text}
      </pre>
    </details>
  )
}
