import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { BrandMark } from '@/components/shell/brand-mark'
import { PortalSignInButton } from '@/components/shell/portal-sign-in-button'
import { Name } from '@/components/ui/name'
import { Notice } from '@/components/ui/notice'
import { requireMember } from '@/lib/auth/request'
import { FRESH_SIGN_IN_MINUTES } from '@/lib/domain/retention'
import { safePath } from '@/lib/web-security'

export const metadata: Metadata = { title: 'Confirm that it is you' }

/**
 * Where a member confirms at Microsoft who they are. With `next` they go on there; without it they came from a form, which waits in
 * another tab with what was typed. With `back` they come from Microsoft: when that did not make the sign-in fresh, they are
 * told why, and nothing happens by itself.
 */
export default async function ConfirmPage({ searchParams }: PageProps<'/confirm'>) {
  const member = await requireMember()
  const { next, back } = await searchParams
  const goal = typeof next === 'string' ? safePath(next) : null
  if (member.signedInFreshly && goal) redirect(goal)
  const way = goal ? `/confirm?back=1&next=${encodeURIComponent(goal)}` : '/confirm?back=1'

  return (
    <main className="grid min-h-dvh place-content-center px-4 py-12">
      <div className="grid w-full max-w-90 gap-6">
        <div className="grid justify-items-start gap-3">
          <BrandMark className="size-10" />
          <h1 className="text-2xl font-semibold tracking-tight">
            {member.signedInFreshly ? 'It is you' : 'Confirm that it is you'}
          </h1>
          {member.signedInFreshly ? (
            <p className="text-ink-soft">
              You signed in as <Name of={member.name} /> in the last {FRESH_SIGN_IN_MINUTES} minutes. Close this tab, go
              back to the one where you were, and press the same button again. What you typed is still there.
            </p>
          ) : (
            <p className="text-ink-soft">
              Changing who may do what, and ending a connection, take a sign-in of the last {FRESH_SIGN_IN_MINUTES}{' '}
              minutes. Sign in again as <Name of={member.name} />.
            </p>
          )}
        </div>
        {back && !member.signedInFreshly ? <NotConfirmed /> : null}
        {member.signedInFreshly ? null : <PortalSignInButton goal={way} confirms />}
      </div>
    </main>
  )
}

function NotConfirmed() {
  return (
    <Notice tone="bad" title="Microsoft did not confirm a new sign-in" role="alert">
      Its answer does not say that you signed in just now. Try again. If it keeps happening, ask whoever runs Rolecall
      to check the clock of its database.
    </Notice>
  )
}
