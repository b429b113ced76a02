'use client'

import { useRef } from 'react'
import { SubmitButton } from '@/components/ui/submit-button'
import type { Mend } from '@/lib/domain/connection-status'
import { spellControls } from '@/lib/domain/words'
import { useKeepFocus } from './keep-focus'

const WORDS: Record<Mend, { word: string; pending: string }> = {
  reconnect: { word: 'Reconnect', pending: 'Opening…' },
  retry: { word: 'Retry', pending: 'Asking…' },
}

type Props = { mend: Mend; label: string; action: () => Promise<void> }

/** The one action that mends a connection. When it has done its work and goes, the focus stays at the connection's link. */
export function MendButton({ mend, label, action }: Props) {
  const form = useRef<HTMLFormElement>(null)
  const { word, pending } = WORDS[mend]

  useKeepFocus(form)

  return (
    <form ref={form} action={action} className="relative">
      <SubmitButton size="sm" pendingLabel={pending}>
        {word}
        <span className="sr-only"> {spellControls(label)}</span>
      </SubmitButton>
    </form>
  )
}
