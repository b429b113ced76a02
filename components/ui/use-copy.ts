'use client'

import { useEffect, useState } from 'react'

/** How long a copy button says that it has copied. */
const SAID_MS = 1500

/** Copies text; `outcome` says for a moment whether that worked (a browser may refuse the clipboard). */
export function useCopy(): { outcome: 'copied' | 'refused' | null; copy: (text: string) => Promise<void> } {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null)

  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), SAID_MS)
    return () => clearTimeout(timer)
  }, [outcome])

  async function copy(text: string) {
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    setOutcome(copied ? 'copied' : 'refused')
  }

  return { outcome, copy }
}
