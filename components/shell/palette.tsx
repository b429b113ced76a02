'use client'

import { Search, X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Name } from '@/components/ui/name'
import { opensPalette } from '@/lib/domain/shortcuts'
import { listOptions, type PaletteGroup, PaletteOptions } from './palette-options'
import { type FindProblem, useFound } from './use-found'

type Props = {
  apple: boolean
  /** Called when it has closed; with `keys` when the list of the keys is to be shown next. */
  onClose: (wanted: 'keys' | null) => void
}

/**
 * The dialog in which one types where to go: a field that keeps the focus, and below it what is called so, in groups. The
 * browser's own `<dialog>` makes the rest of the page inert, closes on Escape and returns the focus to where it was.
 */
export function Palette({ apple, onClose }: Props) {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const wanted = useRef<'keys' | null>(null)
  const [typed, setTyped] = useState('')
  /** The option that the arrow keys or the pointer chose, by its address; null for the first one. */
  const [chosen, setChosen] = useState<string | null>(null)
  const [opensFirst, setOpensFirst] = useState(false)

  const search = typed.trim()
  const { groups: found, problem, pending, retry } = useFound(search)
  const groups = listOptions(search, found)
  const options = groups.flatMap((group) => group.options)
  const results = countResults(groups)
  const active = Math.max(
    options.findIndex(({ href }) => href === chosen),
    0,
  )
  const optionId = (index: number) => `${id}-option-${index}`
  const isDecided = !pending || search === '' || chosen !== null

  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal()
  }, [])

  // Whoever types and presses Enter at once means what the answer brings, and not what was listed before.
  useEffect(() => {
    if (!opensFirst || !isDecided) return
    setOpensFirst(false)
    if (!problem) document.getElementById(`${id}-option-0`)?.click()
  }, [opensFirst, isDecided, problem, id])

  useEffect(() => {
    document.getElementById(`${id}-option-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active, id])

  const close = () => dialog.current?.close()

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || !dialog.current?.open) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) setChosen(options.at((active + step) % options.length)?.href ?? null)
    else if (event.key !== 'Enter') return
    else if (isDecided) document.getElementById(optionId(active))?.click()
    else setOpensFirst(true)
    event.preventDefault()
  }

  return (
    <dialog
      ref={dialog}
      aria-label="Search everything"
      onClose={() => onClose(wanted.current)}
      onClick={(event) => event.target === event.currentTarget && close()}
      onKeyDown={(event) => {
        // A dialog that has just closed keeps the focus for a moment; the key then asks for a new one.
        if (!dialog.current?.open || !opensPalette(event.nativeEvent, apple)) return
        event.preventDefault()
        close()
      }}
      className="m-0 h-dvh max-h-none w-full max-w-none overflow-hidden border-0 p-0 text-base text-ink sm:mx-auto sm:mt-[12dvh] sm:h-[min(34rem,76dvh)] sm:max-w-xl sm:rounded-lg sm:border"
    >
      <div className="flex h-full flex-col">
        <div className="flex items-center gap-2.5 border-b border-line py-1.5 pr-1.5 pl-4 has-[input:focus-visible]:border-accent">
          <Search aria-hidden className="size-4 shrink-0 text-ink-faint" />
          <input
            role="combobox"
            aria-label="Search pages, subscriptions, saved views, people and groups"
            aria-expanded={true}
            aria-controls={`${id}-list`}
            aria-activedescendant={optionId(active)}
            aria-autocomplete="list"
            placeholder="Type a name, email or ID"
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value)
              setChosen(null)
              setOpensFirst(false)
            }}
            onKeyDown={onKeyDown}
            maxLength={200}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            enterKeyHint="go"
            dir="auto"
            className="h-10 min-w-0 flex-1 bg-transparent text-lg outline-none"
          />
          <Button variant="ghost" aria-label="Close" onClick={close} className="w-9 px-0">
            <X aria-hidden />
          </Button>
        </div>
        {problem ? <Problem problem={problem} onRetry={retry} /> : null}
        {!pending && !problem && results === 0 ? (
          <p className="px-4 pt-3 text-ink-soft">
            No page, subscription, saved view, person or group with access is called “
            <Name of={search} className="wrap-anywhere" />
            ”.
          </p>
        ) : null}
        <PaletteOptions
          id={`${id}-list`}
          groups={groups}
          active={active}
          optionId={optionId}
          onChoose={setChosen}
          onOpen={(option) => {
            wanted.current = option.opens ?? null
            close()
          }}
        />
        <Footer pending={pending} words={problem ? '' : countWords(results)} />
      </div>
    </dialog>
  )
}

/** How many results there are. What leads on to another search is none. */
const countResults = (groups: PaletteGroup[]): number =>
  groups.reduce((sum, { title, options }) => sum + (title === null ? 0 : options.length), 0)

const countWords = (count: number): string =>
  count === 0 ? 'No results' : count === 1 ? '1 result' : `${count} results`

function Problem({ problem: { sentence, signIn }, onRetry }: { problem: FindProblem; onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 pt-3 text-bad">
      {sentence}
      {signIn ? (
        // A plain anchor, because the sign-in page has to be a document of its own.
        <a href="/integrations" className="link">
          Sign in again
        </a>
      ) : (
        <Button size="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}

/** How many results there are, which a screen reader tells when they are there, and which keys act. */
function Footer({ pending, words }: { pending: boolean; words: string }) {
  return (
    <div className="flex h-9 shrink-0 items-center justify-between gap-4 border-t border-line px-4 text-xs text-ink-faint">
      <div>
        {pending ? <span aria-hidden>Searching…</span> : null}
        <span role="status">{pending ? '' : words}</span>
      </div>
      <p aria-hidden className="hidden gap-4 sm:flex">
        <span>↑ ↓ to choose</span>
        <span>Enter to open</span>
        <span>Esc to close</span>
      </p>
    </div>
  )
}
