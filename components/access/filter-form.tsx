'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, type SubmitEvent, useEffect, useRef, useTransition } from 'react'
import { buttonClasses } from '@/components/ui/button'
import { formatQuery } from '@/lib/domain/address'

type Props = {
  label: string
  action: string
  values: Record<string, string>
  /** The address of the same list with what was typed as filters, to which Enter leads; null where nothing was typed as one. */
  settled?: string | null
  children: ReactNode
}

/** How long nothing may be typed before what stands in the form is asked for, in milliseconds. */
const PAUSE_MS = 250
/** The same while the arrow keys go through the options of a closed select: each key chooses one. */
const KEY_PAUSE_MS = 700

/**
 * A GET form whose fields make the address of a view. It works without JavaScript, with the button that stands in `noscript`. With it,
 * what is typed or chosen applies by itself, empty fields stay out of the address, and the fields change when a link changes the view.
 */
export function FilterForm({ label, action, values, settled = null, children }: Props) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined)
  /** Whether the field was last touched by a key and not by a pointer. */
  const byKey = useRef(false)
  /** Whether a field was changed since the form was applied. */
  const changed = useRef(false)
  /** The address that typing led to last. */
  const typedAddress = useRef('')
  /** Whether Enter was pressed, so that what was typed as filters becomes them as soon as it is understood. */
  const settling = useRef(false)
  /** Whether this script has compared the fields with the view before. */
  const ran = useRef(false)
  const [pending, startTransition] = useTransition()

  const wanted = JSON.stringify(values)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed later applies by itself
  useEffect(() => {
    const isFirst = !ran.current
    ran.current = true
    for (const [name, value] of Object.entries<string>(JSON.parse(wanted))) {
      const field = form.current?.elements.namedItem(name)
      if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement) || field.value === value) continue
      // The field in which somebody is typing keeps what is typed, and any field what was chosen before this script ran.
      if (!isFirst && field !== document.activeElement) field.value = value
      else if (!waiting.current) applyAfter(PAUSE_MS, field instanceof HTMLInputElement)
    }
  }, [wanted])
  useEffect(() => () => clearTimeout(waiting.current), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is settled when the page of what was typed has come
  useEffect(() => {
    if (settling.current) settle()
  }, [wanted, settled])

  /** Leads to the address in which what was typed as filters stands as filters, and leaves only the rest in the field. */
  function settle() {
    settling.current = false
    if (settled === null) return
    const field = form.current?.elements.namedItem('q')
    if (field instanceof HTMLInputElement) field.value = new URL(settled, location.origin).searchParams.get('q') ?? ''
    startTransition(() => router.replace(settled, { scroll: false }))
  }

  function apply(isTyped = false) {
    clearTimeout(waiting.current)
    if (!form.current) return
    changed.current = false
    const fields = [...new FormData(form.current)].map(([name, value]) => [name, String(value)])
    const address = `${action}${formatQuery(Object.fromEntries(fields))}`
    // What is typed on is one step of the browser's history, however often it was asked for meanwhile.
    const isTypedOn = isTyped && typedAddress.current === location.pathname + location.search
    typedAddress.current = isTyped ? address : ''
    startTransition(() => router[isTypedOn ? 'replace' : 'push'](address, { scroll: false }))
  }

  function applyAfter(milliseconds: number, isTyped = false) {
    clearTimeout(waiting.current)
    waiting.current = setTimeout(() => apply(isTyped), milliseconds)
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers give <search> its role only since 2023
    <form
      ref={form}
      role="search"
      aria-label={label}
      aria-busy={pending}
      action={action}
      // What a browser would fill in again on the way back is what was chosen before, not what the address says.
      autoComplete="off"
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault()
        const field = event.currentTarget.elements.namedItem('q')
        const isShown = field instanceof HTMLInputElement && field.value.trim() === values.q
        settling.current = !isShown
        if (isShown && settled !== null) settle()
        else apply()
      }}
      onPointerDown={() => {
        byKey.current = false
      }}
      onKeyDown={({ key, target }) => {
        byKey.current = true
        if (key === 'Enter' && target instanceof HTMLSelectElement && changed.current) apply()
      }}
      onBlur={({ target }) => {
        if (target instanceof HTMLSelectElement && changed.current) apply()
      }}
      onChange={({ target }) => {
        changed.current = true
        if (!(target instanceof HTMLSelectElement)) applyAfter(PAUSE_MS, true)
        else if (byKey.current) applyAfter(KEY_PAUSE_MS)
        else apply()
      }}
      className="mb-2 flex min-w-0 grow basis-160 flex-wrap items-center gap-2"
    >
      {children}
      <noscript>
        <button type="submit" className={buttonClasses({})}>
          Apply
        </button>
      </noscript>
    </form>
  )
}
