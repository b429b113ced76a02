'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'

type Props = {
  /** The path to which the sign-in returns. */
  goal: string
}

/** Signs in to Rolecall: it asks next-auth for its token, then for the address at Microsoft to which the browser goes. */
export function PortalSignInButton({ goal }: Props) {
  const [state, setState] = useState<'ready' | 'leaving' | 'unreachable'>('ready')

  async function signIn() {
    setState('leaving')
    const address = await beginSignIn(goal).catch(() => null)
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

async function beginSignIn(goal: string): Promise<string> {
  const { csrfToken } = await fetchJson('/api/auth/csrf')
  const body = new URLSearchParams({ csrfToken: String(csrfToken), callbackUrl: goal, json: 'true' })
  const { url } = await fetchJson('/api/auth/signin/azure-ad', { method: 'POST', body })
  return String(url)
}

async function fetchJson(path: string, init?: RequestInit): Promise<Record<string, unknown>> {
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
