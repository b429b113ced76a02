import { Scissors } from 'lucide-react'
import type { PersonAccess } from '@/db/queries/person-access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { fewestRemovals, kindsTaken, removalWords } from '@/lib/domain/removals'

type Props = { access: PersonAccess; roleId: string; name: string; accesses: RoleAccess[]; whole: boolean }

/** What would have to be removed for the person to be without the role, in the fewest steps. */
export function TakeAway({ access, roleId, name, accesses, whole }: Props) {
  const steps = removalWords(access, fewestRemovals(access, roleId))
  const kinds = kindsTaken(accesses)

  return (
    <div className="flex gap-2.5 border-t border-line px-4 py-3 text-sm">
      <Scissors aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-faint" />
      <div className="min-w-0 wrap-anywhere">
        <h4 className="inline font-medium">
          To take <bdi>{name}</bdi> away:
        </h4>{' '}
        {steps.length === 1 ? (
          <p className="inline break-words">{steps[0]}</p>
        ) : (
          <ul className="my-1 list-disc pl-5">
            {steps.map((step) => (
              <li key={step} className="break-words">
                {step}
              </li>
            ))}
          </ul>
        )}{' '}
        <p className="inline text-ink-soft">
          {whole ? 'Nothing else grants it.' : 'Nothing else that was read grants it.'}
          {kinds ? ` ${kinds}` : null}
        </p>
      </div>
    </div>
  )
}
