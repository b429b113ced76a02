import { buttonClasses } from '@/components/ui/button-classes'

/**
 * The way back from a page that failed or is not there. A plain anchor: it loads the portal afresh, and these pages,
 * which Next sends along with every other, stay free of its link.
 */
export function HomeLink({ variant }: { variant?: 'primary' | 'secondary' }) {
  return (
    <a href="/integrations" className={buttonClasses({ variant })}>
      Go to Integrations
    </a>
  )
}
