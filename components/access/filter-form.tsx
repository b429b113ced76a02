'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, type SubmitEvent, useEffect, useRef, useTransition } from 'react'
import { formatQuery } from '@/lib/domain/address'

type Props = { label: string; action: string; values: Record<string, string>; children: ReactNode }

/**
 * A GET form whose fields make the address of a view. It works without JavaScript. With it, a choice applies at once, empty
 * fields stay out of the address, and the fields change when a link changes the view.
 */
export function FilterForm({ label, action, values, children }: Props) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const [pending, startTransition] = useTransition()

  const wanted = JSON.stringify(values)
  useEffect(() => {
    for (const [name, value] of Object.entries<string>(JSON.parse(wanted))) {
      const field = form.current?.elements.namedItem(name)
      const hasValue = field instanceof HTMLInputElement || field instanceof HTMLSelectElement
      // The field in which somebody is typing keeps what is typed.
      if (hasValue && field !== document.activeElement) field.value = value
    }
  }, [wanted])

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)])
    startTransition(() => router.push(`${action}${formatQuery(Object.fromEntries(fields))}`, { scroll: false }))
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers give <search> its role only since 2023
    <form
      ref={form}
      role="search"
      aria-label={label}
      aria-busy={pending}
      action={action}
      onSubmit={submit}
      onChange={(event) => event.target instanceof HTMLSelectElement && event.currentTarget.requestSubmit()}
      className="mb-3 flex flex-wrap items-center gap-2"
    >
      {children}
    </form>
  )
}
