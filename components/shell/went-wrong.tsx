'use client'

import { Button } from '@/components/ui/button'
import { HomeLink, MessagePage } from './message-page'

export type WentWrongProps = { error: unknown; retry: () => void; inFrame?: boolean }

/** What an error boundary shows: never the cause, only the number under which the server logged it. */
export function WentWrong({ error, retry, inFrame }: WentWrongProps) {
  const digest = typeof error === 'object' && error !== null && 'digest' in error ? String(error.digest) : null

  return (
    <MessagePage
      inFrame={inFrame}
      title="Something went wrong on our side"
      actions={
        <>
          <Button variant="primary" onClick={retry}>
            Try again
          </Button>
          <HomeLink />
        </>
      }
    >
      Nothing you did is lost. Try again; if it happens again, tell whoever runs Rolecall
      {digest ? (
        <>
          {' '}
          this number: <span className="font-mono text-ink">{digest}</span>
        </>
      ) : null}
      .
    </MessagePage>
  )
}
