import Link from 'next/link'
import type { SentencePart } from '@/lib/domain/people-sentence'
import { type AccessView, formatAccessView, parseAccessView } from '@/lib/domain/views'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { MissedNote } from './missed-note'

type Props = {
  parts: SentencePart[]
  path: string
  view: AccessView
  /** How far the result was read: whoever was not read is not counted. */
  coverage: CoverageLine[] | null
}

/** What a list of people says in one sentence. Each part leads to those whom it is about. */
export function PeopleSentence({ parts, path, view, coverage }: Props) {
  const all = { ...parseAccessView({}), at: view.at }
  return (
    <p className="min-w-0 text-sm text-ink-soft">
      {parts.map(({ text, filter }, index) => (
        <span key={text}>
          {index === 0 ? null : index === 1 ? ': ' : ', '}
          {filter ? (
            <Link
              href={path + formatAccessView({ ...all, ...filter })}
              prefetch={false}
              scroll={false}
              className="link whitespace-nowrap"
            >
              {text}
            </Link>
          ) : (
            <span className="font-medium text-ink">{text}</span>
          )}
        </span>
      ))}
      . <MissedNote coverage={coverage} />
    </p>
  )
}
