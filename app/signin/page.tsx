import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { BrandMark } from '@/components/shell/brand-mark'
import { PortalSignInButton } from '@/components/shell/portal-sign-in-button'
import { describePortalSignInProblem } from '@/components/shell/portal-sign-in-problem'
import { Notice } from '@/components/ui/notice'
import { currentMember } from '@/lib/auth/request'
import { env } from '@/lib/env'
import { safePath } from '@/lib/web-security'

export const metadata: Metadata = { title: 'Sign in' }

export default async function SignInPage({ searchParams }: PageProps<'/signin'>) {
  const { next, callbackUrl, error, ahead } = await searchParams
  const goal = safePath(takeFirst(next) ?? takePath(takeFirst(callbackUrl)))
  const problem = describePortalSignInProblem(takeFirst(error), takeFirst(ahead))
  if (!problem && (await currentMember())) redirect(goal)

  return (
    <main className="grid min-h-dvh place-content-center px-4 py-12">
      <div className="grid w-full max-w-90 gap-6">
        <div className="grid justify-items-start gap-3">
          <BrandMark className="size-10" />
          <h1 className="text-2xl font-semibold tracking-tight">Sign in to Rolecall</h1>
          <p className="text-ink-soft">
            See who holds which Azure role in which subscription, through which path, and since when.
          </p>
        </div>
        {problem ? (
          <Notice tone={problem.tone} title={problem.title} role="alert">
            {problem.next}
          </Notice>
        ) : null}
        <PortalSignInButton goal={goal} />
        {env().mode === 'sandbox' ? (
          <SandboxHint />
        ) : (
          <p className="text-sm text-ink-faint">
            Use the work account of your organisation. Rolecall keeps no Microsoft token for this sign-in.
          </p>
        )}
      </div>
    </main>
  )
}

function SandboxHint() {
  return (
    <div className="rounded-lg border border-warn/25 bg-warn-soft p-3 text-sm">
      <p className="font-medium text-warn">Sandbox: nothing here is real</p>
      <p className="mt-1 text-ink-soft">
        Pick any account on the next page; no password is asked. Ada Novak can connect subscriptions. Whoever signs in
        first owns the organisation, later ones read.
      </p>
    </div>
  )
}

const takeFirst = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value)

/** The path of a whole address of this portal, which is how next-auth gives it back. The path is checked again before use. */
function takePath(address: string | undefined): string | undefined {
  const url = address ? URL.parse(address, env().portalUrl) : null
  return url?.origin === env().portalUrl ? url.pathname + url.search : undefined
}
