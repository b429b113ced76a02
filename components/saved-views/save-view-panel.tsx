'use client'

import { Bookmark } from 'lucide-react'
import { type ReactNode, useActionState } from 'react'
import { TextField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { Popover } from '@/components/ui/popover'
import { SubmitButton } from '@/components/ui/submit-button'

type Props = {
  action: FormAction
  /** Whether the address says anything that is not the default, so that there is something to save. */
  savable: boolean
  /** Whether what is shown is a view that the member has saved. */
  saved: boolean
  organisationName: string
  /** The saved views that there are. */
  children: ReactNode
}

/** The button *Saved views* and its panel, with the form that saves what is shown below those that there are. */
export function SaveViewPanel({ action, savable, saved, organisationName, children }: Props) {
  const [state, formAction] = useActionState(action, null)

  return (
    <>
      <Popover
        label="Saved views"
        screenOnly
        className="max-md:inset-x-2! max-md:max-w-none md:w-[min(26rem,50vw)]"
        trigger={
          <>
            <Bookmark aria-hidden className="text-ink-faint" />
            <span>Saved views</span>
          </>
        }
      >
        {children}
        <div className="border-t border-line pt-3">
          {savable ? (
            <form action={formAction} className="grid gap-3">
              <TextField
                name="name"
                label="Name of this view"
                hint="What is chosen here is saved (filters, order, columns, a moment of the past), not the rows."
                error={state?.error}
                defaultValue={state?.values?.name}
                maxLength={90}
                autoComplete="off"
                dir="auto"
                required
              />
              <label className="flex items-start gap-2">
                <input
                  type="checkbox"
                  name="shared"
                  value="1"
                  defaultChecked={state?.values?.shared === '1'}
                  className="mt-0.5 size-4 shrink-0"
                />
                <span className="min-w-0 wrap-anywhere">
                  Share with everyone in <Name of={organisationName} />
                </span>
              </label>
              <div className="flex flex-wrap items-center gap-3">
                <SubmitButton variant="primary" size="sm" pendingLabel="Saving…">
                  Save this view
                </SubmitButton>
                <p role="status" className="text-good">
                  {state?.done && saved ? 'Saved' : null}
                </p>
              </div>
            </form>
          ) : (
            <p>Choose filters or another order first. What you choose can be saved here under a name.</p>
          )}
        </div>
      </Popover>
      {/* Without a script the panel is closed when the answer has come. */}
      {state?.error ? (
        <noscript>
          <p className="text-sm text-bad">{`The view was not saved. ${state.error}`}</p>
        </noscript>
      ) : null}
    </>
  )
}
