import type { Metadata } from 'next'
import { MessagePage } from '@/components/shell/message-page'
import { ButtonLink } from '@/components/ui/button-link'
import { requireMember } from '@/lib/auth/request'
import { describeTooMany, parseWait } from '@/lib/limits'
import { safePath } from '@/lib/web-security'

export const metadata: Metadata = { title: 'Too many at once' }

/** What was asked for too often, and when to try again. `lib/auth/refusals.ts` leads here, with the way back. */
export default async function TooManyPage({ searchParams }: PageProps<'/too-many'>) {
  await requireMember()
  const { of, seconds, back } = await searchParams
  // Anyone can write such an address, so it is shown in our words or not at all.
  const sentences =
    describeTooMany(String(of), parseWait(seconds)) ?? 'Too much was asked for just now. Try again soon.'

  return (
    <MessagePage
      inFrame
      title="Too many at once"
      actions={
        <ButtonLink href={safePath(typeof back === 'string' ? back : null)} prefetch={false} variant="primary">
          Go back
        </ButtonLink>
      }
    >
      {sentences} What was done before is not lost.
    </MessagePage>
  )
}
