'use client'

import { usePathname, useRouter } from 'next/navigation'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { opensPalette, readSingleKey, type Shortcut } from '@/lib/domain/shortcuts'
import { rememberOpened } from './last-opened'
import { areSingleKeysOn } from './single-keys'

/**
 * Listens to the keys and to the buttons that open the palette, on every page. The palette and the list of the keys are loaded
 * when they are first asked for.
 */
export function Shortcuts({ apple }: { apple: boolean }) {
  const { push } = useRouter()
  const path = usePathname()
  const [dialog, setDialog] = useState<ReactNode>(null)
  const opened = useRef(0)
  const ledAt = useRef<number | null>(null)

  useEffect(() => rememberOpened(path), [path])

  useEffect(() => {
    // A browser tells late that a dialog was closed. The one that was opened since then stays.
    const close = (key: number) => key === opened.current && setDialog(null)

    async function showKeys() {
      const { KeyList } = await import('./key-list')
      const key = ++opened.current
      setDialog(<KeyList key={key} apple={apple} onClose={() => close(key)} />)
    }

    async function showPalette() {
      const { Palette } = await import('./palette')
      const key = ++opened.current
      setDialog(
        <Palette
          key={key}
          apple={apple}
          onClose={(wanted) => {
            close(key)
            if (wanted) act(wanted)
          }}
        />,
      )
    }

    /** Does what was asked for. Says whether there was anything to do. */
    function act(shortcut: Shortcut): boolean {
      if (shortcut === 'palette') showPalette().catch(goWithoutPalette)
      else if (shortcut === 'keys')
        showKeys().catch(() => {}) // The next press asks for it again.
      else if (shortcut === 'search') return focusSearch()
      else if (shortcut === 'export') return openExport()
      else if (shortcut === 'down' || shortcut === 'up') return focusRow(shortcut === 'down' ? 1 : -1)
      else if (shortcut !== 'lead') push(shortcut)
      return true
    }

    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || event.isComposing || isBusy()) return
      const single = isTyping(event) || !areSingleKeysOn() ? null : readSingleKey(event, ledAt.current)
      const shortcut = opensPalette(event, apple) ? 'palette' : single
      ledAt.current = shortcut === 'lead' ? event.timeStamp : null
      if (shortcut && act(shortcut)) event.preventDefault()
    }

    function onSubmit(event: SubmitEvent) {
      if (!(event.target instanceof Element) || !event.target.matches(PALETTE_BUTTON)) return
      event.preventDefault()
      act('palette')
    }

    const controller = new AbortController()
    const { signal } = controller
    document.addEventListener('keydown', onKeyDown, { signal })
    document.addEventListener('submit', onSubmit, { signal })
    return () => controller.abort()
  }, [apple, push])

  return dialog
}

const PALETTE_BUTTON = 'form[data-opens=palette]'

/** Where the palette cannot be loaded, as after a deployment, its button leads where it leads without a script. */
const goWithoutPalette = () => document.querySelector<HTMLFormElement>(PALETTE_BUTTON)?.submit()

/** A dialog or a menu that is open has the keys to itself. */
const isBusy = () => document.querySelector('dialog[open], :popover-open') !== null

/** The field of a dialog that has just closed keeps the focus for a moment, and nobody types into it. */
const isTyping = ({ target }: Event) =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable]') !== null &&
  target.checkVisibility()

/** Puts the focus into the first search field of the page that can be seen. Says whether there is one. */
function focusSearch(): boolean {
  const fields = [...document.querySelectorAll<HTMLInputElement>('main input[type=search]')]
  const field = fields.find((one) => one.checkVisibility())
  field?.focus()
  field?.select()
  return field !== undefined
}

/** Opens the menu that exports the list of the page. Says whether the page has one. */
function openExport(): boolean {
  const buttons = [...document.querySelectorAll<HTMLElement>('main [data-opens=export]')]
  const button = buttons.find((one) => one.checkVisibility())
  button?.click()
  return button !== undefined
}

/** Moves the focus to the next row of the page's tables and lists, or to the one before. Says whether there are any. */
function focusRow(step: 1 | -1): boolean {
  const all = [...document.querySelectorAll<HTMLElement>('main tbody tr, main [data-row]')]
  const rows = all.filter((row) => row.checkVisibility()) // those of a table that is folded cannot take the focus
  const here = rows.findIndex((row) => row.contains(document.activeElement))
  const next = rows[Math.min(Math.max(here + step, 0), rows.length - 1)]
  if (!next) return false
  stopIn(next).focus()
  return true
}

/** What takes the focus in a row: its first link, or the row itself where it has none. */
function stopIn(row: HTMLElement): HTMLElement {
  const link = row.querySelector<HTMLElement>('a[href]')
  if (link) return link
  row.tabIndex = -1
  return row
}
