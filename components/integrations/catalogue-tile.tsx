import { ButtonLink } from '@/components/ui/button-link'
import type { CatalogueEntry } from '@/lib/domain/catalogue'
import { IntegrationMark } from './integration-mark'

type Props = { entry: CatalogueEntry; connected: number; mayConnect: boolean }

/** Something that can be connected: what it answers, what it brings in, how many there are, and the way in. */
export function CatalogueTile({ entry, connected, mayConnect }: Props) {
  return (
    <li className="grid min-w-0 grid-rows-[auto_1fr_auto] gap-3 rounded-lg border border-line bg-surface p-4">
      <div className="flex min-w-0 items-start gap-3">
        <IntegrationMark id={entry.id} />
        <div className="min-w-0">
          <h2 className="text-lg font-semibold tracking-tight">{entry.name}</h2>
          <p className="text-sm text-ink-soft">{entry.summary}</p>
        </div>
      </div>
      <p className="self-end text-sm text-ink-soft">
        <span className="text-ink-faint">Syncs </span>
        {entry.syncs.toLowerCase()}
      </p>
      <div className="-mb-1 flex min-h-8 flex-wrap items-center justify-between gap-2 border-t border-line pt-3">
        <p className="text-sm text-ink-soft tabular-nums">
          {connected === 0 ? `No ${entry.unit.one} connected` : `${connected.toLocaleString('en')} connected`}
        </p>
        {mayConnect ? (
          <ButtonLink href={entry.connectHref} variant="primary" size="sm" aria-label={`Connect ${entry.name}`}>
            Connect
          </ButtonLink>
        ) : (
          <p className="text-sm text-ink-faint">Owners and admins connect</p>
        )}
      </div>
    </li>
  )
}
