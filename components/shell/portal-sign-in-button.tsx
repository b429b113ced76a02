'use client'

import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/notice'

type Props = {
  /** The path to which the sign-in returns. */
  goal: string
  /** For a member who confirms who they are: Microsoft asks for their credentials anew. */
  confirms?: boolean
}

/** Signs in to Rolecall: it asks next-auth for its token, then for the address at Microsoft to which the browser goes. */
export function PortalSignInButton({ goal, confirms = false }: Props) {
  const [state, setState] = useState<'ready' | 'leaving' | 'unreachable'>('ready')
  const [refusal, setRefusal] = useState<string | null>(null)

  async function signIn() {
    setState('leaving')
    setRefusal(null)
    const begun = await beginSignIn(goal, confirms).catch(() => null)
    if (begun?.url) return window.location.assign(begun.url)
    setRefusal(begun?.refusal ?? null)
    setState(begun ? 'ready' : 'unreachable')
  }

  return (
    <div className="grid gap-3">
      <Button variant="primary" onClick={signIn} aria-disabled={state === 'leaving' || undefined} className="h-10">
        <MicrosoftMark />
        {state === 'leaving' ? 'Going to Microsoft…' : confirms ? 'Confirm with Microsoft' : 'Sign in with Microsoft'}
      </Button>
      {refusal ? (
        <Notice tone="warn" title="The sign-in was not begun" role="alert">
          {refusal}
        </Notice>
      ) : null}
      {state === 'unreachable' ? (
        <Notice tone="bad" title="Rolecall could not be reached" role="alert">
          Check your connection, then try again.
        </Notice>
      ) : null}
    </div>
  )
}

/** What the portal answers when there were too many sign-ins, or when it cannot count them: with a sentence to show. */
const REFUSALS = [429, 503]

type Begun = { url: string; refusal?: undefined } | { url?: undefined; refusal: string }

async function beginSignIn(goal: string, confirms: boolean): Promise<Begun> {
  const { csrfToken } = await readJson(await fetch('/api/auth/csrf'))
  const body = new URLSearchParams({ csrfToken: String(csrfToken), callbackUrl: goal, json: 'true' })
  const response = await fetch(`/api/auth/signin/azure-ad${confirms ? '?prompt=login' : ''}`, { method: 'POST', body })
  if (REFUSALS.includes(response.status)) return { refusal: await response.text() }
  return { url: String((await readJson(response)).url) }
}

async function readJson(response: Response): Promise<Record<string, unknown>> {
  if (!response.ok) throw new Error(`The portal answered ${response.status}`)
  return response.json()
}

function MicrosoftMark() {
  return (
    <svg aria-hidden viewBox="0 0 16 16" fill="currentColor">
      <path d="M1 1h6.5v6.5H1zM8.5 1H15v6.5H8.5zM1 8.5h6.5V15H1zM8.5 8.5H15V15H8.5z" />
    </svg>
  )
}
