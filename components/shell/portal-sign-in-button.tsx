'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'

/** Begins the sign-in: next-auth's token first, then the address at Microsoft that it answers with. */
export function PortalSignInButton({ goal }: { goal: string }) {
  const [state, setState] = useState<'ready' | 'leaving' | 'unreachable'>('ready')

  async function signIn() {
    setState('leaving')
    const address = await begin(goal).catch(() => null)
    if (address) window.location.assign(address)
    else setState('unreachable')
  }

  return (
    <div className="grid gap-3">
      <Button variant="primary" onClick={signIn} aria-disabled={state === 'leaving' || undefined} className="h-10">
        <MicrosoftMark />
        {state === 'leaving' ? 'Going to Microsoft…' : 'Sign in with Microsoft'}
      </Button>
      {state === 'unreachable' ? (
        <Notice tone="bad" title="Rolecall could not be reached" role="alert">
          Check your connection, then try again.
        </Notice>
      ) : null}
    </div>
  )
}

async function begin(goal: string): Promise<string> {
  const { csrfToken } = await read('/api/auth/csrf')
  const body = new URLSearchParams({ csrfToken: String(csrfToken), callbackUrl: goal, json: 'true' })
  const { url } = await read('/api/auth/signin/azure-ad', { method: 'POST', body })
  return String(url)
}

async function read(path: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const response = await fetch(path, init)
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return response.json()
}

function MicrosoftMark() {
  return (
    <svg aria-hidden viewBox="0 0 16 16" fill="currentColor">
      <path d="M1 1h6.5v6.5H1zM8.5 1H15v6.5H8.5zM1 8.5h6.5V15H1zM8.5 8.5H15V15H8.5z" />
    </svg>
  )
}
