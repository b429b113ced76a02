'use client'

import { Check, Ellipsis } from 'lucide-react'
import Link from 'next/link'
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { buttonClasses } from './button'
import { joinClasses } from './join-classes'
import { placePanel } from './place-panel'

type Props = {
  /** The menu's name for those who do not see what it belongs to. */
  label: string
  /** What the button shows, and what names it. Without it the button shows three dots and is named by the label. */
  trigger?: ReactNode
  triggerClassName?: string
  /** For a menu that a key opens: what the key asks for, by which `Shortcuts` finds the button. */
  opens?: 'export'
  className?: string
  /** Set for menus of which a page has many: without a script they have no items. */
  lazy?: boolean
  children: ReactNode
}

/**
 * A button with a menu. The browser's popover puts it above everything, closes it on Escape and on a click elsewhere, and
 * returns the focus. This adds its place, the arrow keys, and the jump to an item by its first letter. The items are only made when the
 * menu is first opened.
 */
export function Menu({ label, trigger, triggerClassName, opens, className, lazy = false, children }: Props) {
  const id = useId()
  const [drawn, setDrawn] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)

  const items = () => [...(panel.current?.querySelectorAll<HTMLElement>('[role^=menuitem]:not(:disabled)') ?? [])]

  function onToggle(opened: boolean) {
    button.current?.setAttribute('aria-expanded', String(opened))
    // The browser tells it a moment after the menu has opened, and a key may have gone to an item by then.
    if (opened && !panel.current?.contains(document.activeElement)) items()[0]?.focus()
  }

  function onKeyDown(event: KeyboardEvent) {
    const all = items()
    const here = all.indexOf(document.activeElement as HTMLElement)
    const step = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key]
    const typed = event.key.length === 1 && /\S/.test(event.key) ? event.key.toLowerCase() : null
    if (step !== undefined) all.at(step % all.length)?.focus()
    else if (event.key === 'Tab') panel.current?.hidePopover()
    else if (typed)
      [...all.slice(here + 1), ...all].find((item) => item.textContent?.trim().toLowerCase().startsWith(typed))?.focus()
    if (step !== undefined) event.preventDefault()
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        data-opens={opens}
        aria-haspopup="menu"
        aria-expanded="false"
        aria-label={trigger ? undefined : label}
        className={triggerClassName ?? buttonClasses({ variant: 'ghost', size: 'sm' }, 'w-8 px-0')}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          panel.current?.showPopover()
        }}
      >
        {trigger ?? <Ellipsis aria-hidden />}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onBeforeToggle={(event) => {
          if (event.newState !== 'open' || !button.current || !panel.current) return
          // At once, because its place depends on its size, and the first item takes the focus.
          flushSync(() => setDrawn(true))
          placePanel(panel.current, button.current)
        }}
        onToggle={(event) => onToggle(event.newState === 'open')}
        onKeyDown={onKeyDown}
        className={joinClasses(
          'inset-auto m-0 w-max max-w-[calc(100vw-1rem)] min-w-44 rounded-lg p-1 text-base',
          className,
        )}
      >
        {drawn ? children : lazy ? null : <noscript>{children}</noscript>}
      </div>
    </>
  )
}

const ITEM =
  'flex w-full items-center gap-2 rounded-md px-2.5 py-1.5 text-left whitespace-nowrap -outline-offset-2 hover:bg-ink/6 focus-visible:bg-ink/6 disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-faint'

type MenuItemProps = {
  href?: string
  /** Whether the link is to a file, which the browser saves. */
  download?: boolean
  /** A server action, sent as a form so that it works like any other. */
  action?: () => void | Promise<void>
  onClick?: () => void
  /** For one choice among several: whether it is the chosen one. */
  checked?: boolean
  danger?: boolean
  disabled?: boolean
  children: ReactNode
}

/** An item of a menu: a link with `href`, to a file with `download`, the submit of a form with `action`, a button with `onClick`. A click closes the menu. */
export function MenuItem({ href, download, action, onClick, checked, danger, disabled, children }: MenuItemProps) {
  const shared = {
    role: checked === undefined ? 'menuitem' : 'menuitemradio',
    'aria-checked': checked,
    tabIndex: -1,
    className: joinClasses(ITEM, danger && 'text-bad [&_svg]:text-bad'),
  }
  if (href && download)
    return (
      <a {...shared} href={href} download onClick={closeMenu}>
        {children}
      </a>
    )
  if (href)
    return (
      <Link {...shared} href={href} prefetch={false} onClick={closeMenu}>
        {children}
      </Link>
    )

  const button = (
    <button
      {...shared}
      type={action ? 'submit' : 'button'}
      disabled={disabled}
      onClick={(event) => {
        closeMenu(event)
        onClick?.()
      }}
    >
      {children}
      {checked ? <Check aria-hidden className="ml-auto" /> : null}
    </button>
  )
  return action ? <form action={action}>{button}</form> : button
}

function closeMenu(event: { currentTarget: HTMLElement }) {
  event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
}
