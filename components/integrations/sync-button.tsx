'use client'

import { RefreshCw } from 'lucide-react'
import { SubmitButton } from '@/components/ui/submit-button'

type Props = { action: () => Promise<void>; syncing: boolean }

/** Begins a sync. While one is under way it cannot be pressed and says why, and it keeps the focus, which a disabled button loses. */
export function SyncButton({ action, syncing }: Props) {
  return (
    <form action={action} onSubmit={(event) => syncing && event.preventDefault()}>
      <SubmitButton pendingLabel="Asking…" unavailable={syncing} title={syncing ? 'A sync is under way' : undefined}>
        <RefreshCw aria-hidden />
        Sync now
      </SubmitButton>
    </form>
  )
}
