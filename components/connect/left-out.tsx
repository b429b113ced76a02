import Link from 'next/link'
import { Notice } from '@/components/ui/notice'
import { explain } from '@/lib/domain/problems'
import type { LeftOut } from '@/lib/domain/vocabulary'

/** The subscriptions that were to be connected and were not, each with the reason and a way to connect it after all. */
export function LeftOutNotice({ leftOut }: { leftOut: LeftOut[] }) {
  if (leftOut.length === 0) return null
  const title =
    leftOut.length === 1
      ? '1 subscription was left out'
      : `${leftOut.length.toLocaleString('en')} subscriptions were left out`
  return (
    <Notice tone="warn" title={title}>
      <ul className="grid grid-cols-1 gap-3">
        {leftOut.map(({ subscriptionId, code }) => {
          const { sentence, next } = explain(code)
          return (
            <li key={subscriptionId}>
              <p className="font-mono text-sm break-all text-ink">{subscriptionId}</p>
              <p>
                {sentence} {next}
              </p>
              <Link
                href={`/integrations/azure/connect/subscription?subscription=${subscriptionId}`}
                prefetch={false}
                className="link"
              >
                Check it again<span className="sr-only">: {subscriptionId}</span>
              </Link>
            </li>
          )
        })}
      </ul>
    </Notice>
  )
}
