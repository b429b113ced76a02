import { spellControls } from '@/lib/domain/words'

/** What was typed as filters and not understood, below the field, as sentences. */
export const FilterProblems = ({ problems }: { problems: string[] }) => (
  <div aria-live="polite" className="mb-2 text-sm text-warn empty:hidden">
    {problems.map((problem) => (
      <p key={problem} className="wrap-anywhere">
        {spellControls(problem)}
      </p>
    ))}
  </div>
)
