import { ButtonLink } from '@/components/ui/button-link'
import { type AskView, formatAskView } from '@/lib/domain/views'

const CHOICES = [
  ['people', 'People'],
  ['others', 'Everything else'],
] as const

/** Of whom the answer is. */
export function WhoSwitch({ path, view }: { path: string; view: AskView }) {
  return (
    <nav aria-label="Who is listed" className="flex gap-1">
      {CHOICES.map(([who, label]) => (
        <ButtonLink
          key={who}
          size="sm"
          variant={view.who === who ? 'secondary' : 'ghost'}
          aria-current={view.who === who ? 'true' : undefined}
          href={path + formatAskView({ ...view, who, cursor: null })}
          prefetch={false}
        >
          {label}
        </ButtonLink>
      ))}
    </nav>
  )
}
