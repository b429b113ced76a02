import type { Metadata } from 'next'
import { ButtonLink } from '@/components/ui/button-link'
import { Notice } from '@/components/ui/notice'
import { currentMember } from '@/lib/auth/request'
import type { ApprovalOutcome } from '@/lib/azure/approval'

export const metadata: Metadata = { title: 'Approval' }

/** What an administrator sees after an approval, begun by our link or in Microsoft's portal, whether or not they are a member. */
export default async function ApprovedPage({ searchParams }: PageProps<'/approved'>) {
  const { tone, heading, title, next } = describeOutcome((await searchParams).outcome)
  const member = await currentMember()

  return (
    <main className="mx-auto grid min-h-dvh max-w-[480px] content-center gap-6 px-4 py-12">
      <h1 className="text-2xl font-semibold tracking-tight">{heading}</h1>
      <Notice tone={tone} title={title}>
        <p>{next}</p>
      </Notice>
      <p className="text-sm text-ink-soft">
        Rolecall shows who holds which Azure role in a subscription. It reads only, as the person who signs in. The
        approval can be taken back at any time in Microsoft Entra, under Enterprise applications.
      </p>
      {member ? (
        <ButtonLink href="/integrations" className="justify-self-start">
          Go to Integrations
        </ButtonLink>
      ) : null}
    </main>
  )
}

type Words = { tone: 'good' | 'warn'; heading: string; title: string; next: string }

const WORDS: Record<ApprovalOutcome, Words> = {
  granted: {
    tone: 'good',
    heading: 'Approved',
    title: 'Microsoft reports that Rolecall was approved for your tenant',
    next: 'Whoever asked you for it can sign in now. You can close this page.',
  },
  declined: {
    tone: 'warn',
    heading: 'Not approved',
    title: 'The permissions were not accepted',
    next: 'Nothing was changed. To approve, begin again where you began and choose Accept. If somebody asked you for it, tell them that you declined.',
  },
  needs_admin: {
    tone: 'warn',
    heading: 'Not approved',
    title: 'This account may not approve for the whole tenant',
    next: 'Nothing was changed. A Cloud Application Administrator, Application Administrator, Privileged Role Administrator or Global Administrator can approve.',
  },
  failed: {
    tone: 'warn',
    heading: 'Not approved',
    title: 'Microsoft did not report an approval',
    next: 'Try again with an account of the tenant that is to be approved. Microsoft Entra shows under Enterprise applications whether Rolecall is approved.',
  },
}

/** Anyone can write such an address, so a code that is not known is not repeated on the page. */
const describeOutcome = (code: string | string[] | undefined): Words =>
  typeof code === 'string' && Object.hasOwn(WORDS, code) ? WORDS[code as ApprovalOutcome] : WORDS.failed
