'use client'

import { useActionState } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import { Copyable } from '@/components/ui/copyable'
import { TextField } from '@/components/ui/fields'
import type { FormState } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { FeedAddresses } from './feed-addresses'

/** What making a feed gives back to its form: when it is made, also its token, which is shown there once and kept nowhere. */
export type FeedFormState = FormState | { made: MadeFeed }

type MadeFeed = { name: string; feedId: string; token: string }

type Props = {
  /** The filters, as the query of the Changes page, and in words. */
  query: string
  filters: string
  portalUrl: string
  /** The feeds that there are: the token of one that was revoked meanwhile is of no use any more. */
  feedIds: string[]
  action: (state: FeedFormState, form: FormData) => Promise<FeedFormState>
}

/** Makes a feed of the changes with the filters that the address has, and shows its token once. */
export function FeedForm({ query, filters, portalUrl, feedIds, action }: Props) {
  const [state, formAction] = useActionState(action, null)
  const made = state && 'made' in state ? state.made : null
  const refused = state && !('made' in state) ? state : null

  return (
    <>
      <div role="status" className="empty:hidden">
        {made && feedIds.includes(made.feedId) ? (
          <NewToken key={made.feedId} made={made} portalUrl={portalUrl} />
        ) : null}
      </div>
      <form action={formAction} className="grid max-w-3xl gap-4 rounded-lg border border-line bg-surface p-4">
        <h2 className="text-lg font-semibold">Make a feed</h2>
        <input type="hidden" name="query" value={query} />
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
          <p className="min-w-0 flex-1 basis-64 wrap-anywhere">
            <span className="text-ink-soft">It tells of: </span>
            {filters}
          </p>
          <ButtonLink href={`/changes${query}`} size="sm">
            Choose the filters
          </ButtonLink>
        </div>
        <TextField
          name="name"
          label="Name"
          hint="As feed readers show it."
          error={refused?.error}
          defaultValue={refused?.values?.name}
          maxLength={90}
          autoComplete="off"
          dir="auto"
          required
          className="w-full max-w-96"
        />
        {refused?.confirm ? <ConfirmIdentity again="Make the feed" /> : null}
        <div>
          <SubmitButton variant="primary" pendingLabel="Making it…">
            Make the feed
          </SubmitButton>
        </div>
      </form>
    </>
  )
}

/** The token of a feed that was just made, and where and how a reader sends it. */
function NewToken({ made: { name, feedId, token }, portalUrl }: { made: MadeFeed; portalUrl: string }) {
  return (
    <Notice
      tone="good"
      title={
        <>
          The feed <Name of={name} /> is made. Copy its token now: it is not shown again.
        </>
      }
      className="mb-4 max-w-3xl"
    >
      <div className="mt-2 grid grid-cols-1 gap-3">
        <div className="grid grid-cols-1 gap-1">
          <p className="text-sm font-medium text-ink">Token</p>
          <Copyable text={token} label="the token" />
        </div>
        <FeedAddresses feedId={feedId} portalUrl={portalUrl} />
        <p>
          Give your reader one of the addresses and, where it asks for a password, the token, with any user name. A
          program can send it as a bearer token. Whoever has it can read these changes, so keep it like a password.
        </p>
      </div>
    </Notice>
  )
}
