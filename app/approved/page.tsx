import type { Metadata } from 'next'
import { Notice } from '@/components/ui/notice'

export const metadata: Metadata = { title: 'Approval' }

/** What an administrator sees after the approval link, whether or not they are a member here. */
export default async function ApprovedPage({ searchParams }: PageProps<'/approved'>) {
  const granted = (await searchParams).outcome === 'granted'

  return (
    <main className="mx-auto grid min-h-dvh max-w-[480px] content-center gap-6 px-4 py-12">
      <h1 className="text-2xl font-semibold tracking-tight">{granted ? 'Approved' : 'Not approved'}</h1>
      {granted ? (
        <Notice tone="good" title="Microsoft reports that Rolecall was approved for your tenant">
          <p>The person who sent you the link can sign in now. You can close this page.</p>
        </Notice>
      ) : (
        <Notice tone="warn" title="The permissions were not accepted">
          <p>
            Nothing was changed. Open the link again and choose Accept to approve, or tell the person who sent it that
            you declined.
          </p>
        </Notice>
      )}
      <p className="text-sm text-ink-soft">
        Rolecall shows who holds which Azure role in a subscription. It reads only, as the person who signs in. The
        approval can be taken back at any time in Microsoft Entra, under Enterprise applications.
      </p>
    </main>
  )
}
