'use client'

import { ChevronsUpDown, LogOut, type LucideIcon, Monitor, Moon, Sun } from 'lucide-react'
import { startTransition, useState } from 'react'
import { Menu, MenuItem } from '@/components/ui/menu'
import { spellControls } from '@/lib/domain/words'
import { THEMES, type Theme } from './theme'

export type MemberMenuProps = {
  /** `role` is the label of the member's role. */
  member: { name: string; email: string; role: string; organisationName: string }
  theme: Theme
  signOut: () => Promise<void>
  chooseTheme: (theme: Theme) => Promise<void>
}

const LOOKS: Record<Theme, { label: string; Icon: LucideIcon }> = {
  system: { label: 'Theme of the system', Icon: Monitor },
  light: { label: 'Light', Icon: Sun },
  dark: { label: 'Dark', Icon: Moon },
}

/** The menu that shows who is signed in, chooses the theme, and signs out. */
export function MemberMenu({ member, theme, signOut, chooseTheme }: MemberMenuProps) {
  const [chosen, setChosen] = useState(theme)

  function choose(next: Theme) {
    setChosen(next)
    // The theme changes at once. The action stores it in the cookie that the next page reads.
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
    startTransition(() => chooseTheme(next))
  }

  return (
    <Menu
      label="Account and theme"
      triggerClassName="relative flex items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-ink/5"
      className="w-64"
      trigger={
        <>
          <span
            aria-hidden
            className="grid size-7 shrink-0 place-content-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
          >
            {takeInitials(member.name)}
          </span>
          <span className="sr-only min-w-0 flex-1 rail:not-sr-only">
            <span dir="auto" title={member.name} className="block truncate leading-4 font-medium">
              {spellControls(member.name)}
            </span>
            <span className="block text-xs text-ink-faint">{member.role}</span>
          </span>
          <ChevronsUpDown aria-hidden className="hidden size-4 shrink-0 text-ink-faint rail:block" />
        </>
      }
    >
      <div role="presentation" className="mb-1 border-b border-line px-2.5 pt-1.5 pb-2.5">
        <p dir="auto" className="wrap-anywhere font-medium">
          {spellControls(member.name)}
        </p>
        <p className="wrap-anywhere text-sm text-ink-soft">{member.email}</p>
        <p dir="auto" className="wrap-anywhere text-sm text-ink-faint">
          {spellControls(member.organisationName)}
        </p>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a menu */}
      <div role="group" aria-label="Theme" className="mb-1 border-b border-line pb-1">
        {THEMES.map((name) => {
          const { label, Icon } = LOOKS[name]
          return (
            <MenuItem key={name} checked={chosen === name} onClick={() => choose(name)}>
              <Icon aria-hidden />
              {label}
            </MenuItem>
          )
        })}
      </div>
      <MenuItem action={signOut}>
        <LogOut aria-hidden />
        Sign out
      </MenuItem>
    </Menu>
  )
}

function takeInitials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words.at(0), words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? String.fromCodePoint(word.codePointAt(0) ?? 63) : ''))
    .join('')
    .toUpperCase()
}
