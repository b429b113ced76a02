import { Copyable } from '@/components/ui/copyable'
import { FEED_FORMATS, type FeedFormat, feedPath } from '@/lib/domain/feed'

const LABELS: Record<FeedFormat, string> = { json: 'JSON Feed', xml: 'Atom' }

/** Where a feed is read, in each of its formats. There is nothing secret in an address. */
export function FeedAddresses({ feedId, portalUrl }: { feedId: string; portalUrl: string }) {
  return FEED_FORMATS.map((format) => (
    <div key={format} className="grid grid-cols-1 gap-1">
      <p className="text-sm font-medium text-ink">{LABELS[format]}</p>
      <Copyable text={portalUrl + feedPath(feedId, format)} label={`the address of the ${LABELS[format]}`} />
    </div>
  ))
}
