import { ButtonLink } from '@/components/ui/button-link'
import { Notice } from '@/components/ui/notice'
import { explain } from '@/lib/domain/problems'

/** An attempt that is older than 30 minutes: nothing was connected, and the next one starts with the same subscription ID. */
export function ExpiredAttempt({ startAgainHref }: { startAgainHref: string }) {
  const { title, sentence, next } = explain('attempt_expired')
  return (
    <Notice
      tone="warn"
      title={title}
      action={
        <ButtonLink href={startAgainHref} variant="primary">
          Start again
        </ButtonLink>
      }
    >
      <p>{sentence}</p>
      <p className="mt-1">{next}</p>
    </Notice>
  )
}
