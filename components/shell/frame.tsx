import type { ReactNode } from 'react'
import { spellControls } from '@/lib/domain/words'
import { BrandMark } from './brand-mark'
import { FocusPage } from './focus-page'
import { ForgetEndedSession } from './forget-ended-session'
import { MemberMenu, type MemberMenuProps } from './member-menu'
import { PageContent } from './page-content'
import { PageProgress } from './page-progress'
import { PaletteButton } from './palette-button'
import { RailLinks } from './rail-links'
import { Shortcuts } from './shortcuts'
import { SoftLinks } from './soft-links'

type RailProps = MemberMenuProps & {
  /** Whether the reader's system is one of Apple's, which have another key for commands. */
  apple: boolean
}

type Props = RailProps & { sandbox: boolean; children: ReactNode }

/**
 * What surrounds every page: the rail on the left (only icons in a narrow window, a bar at the bottom of a phone), the
 * banner of the sandbox, and the content, to which the first link on the page skips.
 */
export function Frame({ sandbox, children, ...rail }: Props) {
  return (
    <div className={sandbox ? '[--banner:1.75rem]' : '[--banner:0rem]'}>
      <ForgetEndedSession />
      <Shortcuts apple={rail.apple} />
      <SoftLinks />
      <PageProgress />
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-accent px-3 py-2 font-medium text-accent-ink focus:translate-y-0 print:hidden"
      >
        Skip to content
      </a>
      {sandbox ? <SandboxBanner /> : null}
      <PhoneBar apple={rail.apple} />
      <div className="flex">
        <Rail {...rail} />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 px-4 pt-6 pb-24 outline-none sm:px-6 sm:pb-12">
          <div className="mx-auto max-w-[80rem]">
            <PageContent>{children}</PageContent>
          </div>
        </main>
      </div>
      {/* Last, so that a page that puts the focus somewhere by itself has done so. */}
      <FocusPage />
    </div>
  )
}

function SandboxBanner() {
  return (
    <aside
      aria-label="Sandbox"
      className="sticky top-0 z-30 grid h-(--banner) print:static place-content-center border-b border-warn/25 bg-warn-soft px-4 text-center text-xs font-medium whitespace-nowrap text-warn"
    >
      Sandbox data. No real Azure is connected.
    </aside>
  )
}

/** The top of a page on a phone, where the rail is a bar at the bottom and has no room for it. */
function PhoneBar({ apple }: { apple: boolean }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers give <search> its role only since 2023
    <div
      role="search"
      aria-label="Everything"
      className="flex h-13 items-center gap-2.5 border-b border-line bg-surface px-4 sm:hidden print:hidden"
    >
      <BrandMark className="size-7" />
      <span className="font-medium">Rolecall</span>
      <PaletteButton apple={apple} place="bar" />
    </div>
  )
}

function Rail({ apple, ...props }: RailProps) {
  return (
    <header className="print:hidden fixed inset-x-0 bottom-0 z-20 flex h-14 items-center gap-1 border-t border-line bg-surface px-2 pb-[env(safe-area-inset-bottom)] sm:sticky sm:inset-auto sm:top-(--banner) sm:h-[calc(100dvh-var(--banner))] sm:w-15 sm:shrink-0 sm:flex-col sm:items-stretch sm:border-t-0 sm:border-r sm:p-2.5 rail:w-55">
      <div className="hidden items-center gap-2.5 px-1.5 pt-1 pb-4 sm:flex">
        <BrandMark className="size-7" />
        <div className="hidden min-w-0 rail:block">
          <p dir="auto" title={props.member.organisationName} className="truncate leading-4 font-medium">
            {spellControls(props.member.organisationName)}
          </p>
          <p className="text-xs text-ink-faint">Rolecall</p>
        </div>
      </div>
      <PaletteButton apple={apple} place="rail" />
      <RailLinks />
      <MemberMenu {...props} />
    </header>
  )
}
