import { Search } from 'lucide-react'
import { joinClasses } from '@/components/ui/join-classes'

type Props = {
  /** Whether the reader's system is one of Apple's, which have another key for commands. */
  apple: boolean
  /** In the rail it is an icon where the rail is narrow; in the bar of a phone it always has its word. */
  place: 'rail' | 'bar'
}

/** The button that opens the palette (`Shortcuts` listens to its form). Without a script it leads to all people, who can be searched there. */
export function PaletteButton({ apple, place }: Props) {
  const inRail = place === 'rail'
  return (
    <form action="/people" data-opens="palette" className={inRail ? 'mb-3 hidden sm:block' : 'ml-auto'}>
      <button
        type="submit"
        title="Search"
        aria-haspopup="dialog"
        aria-keyshortcuts={apple ? 'Meta+K' : 'Control+K'}
        className={joinClasses(
          'flex items-center gap-2.5 rounded-md border px-2.5 text-ink-soft transition-colors hover:bg-ink/5 hover:text-ink',
          inRail ? 'w-full border-transparent py-2 rail:border-line-strong rail:py-1.5' : 'border-line-strong py-1.5',
        )}
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className={inRail ? 'sr-only rail:not-sr-only rail:flex-1 rail:text-left' : undefined}>Search…</span>
        {inRail ? (
          <kbd aria-hidden className="hidden font-sans text-xs text-ink-faint rail:block">
            {apple ? '⌘K' : 'Ctrl K'}
          </kbd>
        ) : null}
      </button>
    </form>
  )
}
