import {
  ChevronRight,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleMinus,
  CircleSlash,
  ListChecks,
  Route,
} from 'lucide-react'
import Link from 'next/link'
import { type ComponentProps, Fragment, type ReactNode } from 'react'
import { Popover } from '@/components/ui/popover'
import { RelativeTime } from '@/components/ui/time'
import { BLIND_SPOTS } from '@/lib/domain/blind-spots'
import {
  countedSentence,
  coverageShare,
  coverageSummary,
  dropWords,
  FRESHNESS,
  groupPlanSentence,
  isAskable,
  isGap,
  refusalWords,
  STATE_WORDS,
} from '@/lib/domain/coverage'
import { OPTIONAL_PERMISSIONS } from '@/lib/domain/permissions'
import { explain } from '@/lib/domain/problems'
import type { CoverageLine, GroupPlan } from '@/lib/domain/vocabulary'
import { spellControls } from '@/lib/domain/words'

type Props = {
  coverage: CoverageLine[]
  plan: GroupPlan | null
  /** The page on which an optional permission can be asked for; null for those who may not ask. */
  settingsHref: string | null
  /** The optional scopes that the account has been granted by now, some of them perhaps since the shown result was read. */
  granted: readonly string[]
  /** Which result is shown: the newest, the one before a sync that failed, or one of the past. */
  of: keyof typeof COVERAGE_TITLES
}

const COVERAGE_TITLES = {
  now: 'Coverage:',
  last_good: 'Coverage of the last good sync:',
  past: 'Coverage of that sync:',
}

/** How far the shown result was read: a mark with how much was read whole, which opens a line for each kind of data. */
export function Coverage({ coverage, plan, settingsHref, granted, of }: Props) {
  if (coverage.length === 0) return null
  const hasGaps = coverage.some(isGap)

  return (
    <Popover
      label="Coverage"
      className="w-[52rem] max-w-[min(52rem,calc(100vw-1rem))]"
      trigger={
        <>
          {hasGaps ? <PartlyMark className="text-warn" /> : <ListChecks aria-hidden className="text-ink-faint" />}
          <span>
            Coverage <span className="tabular-nums">{coverageShare(coverage)}</span>
            <span className="sr-only"> kinds of data read whole</span>
          </span>
        </>
      }
    >
      <p>
        <span className="font-medium text-ink">{COVERAGE_TITLES[of]}</span> {coverageSummary(coverage)}
      </p>
      <CoverageList coverage={coverage} settingsHref={settingsHref} granted={granted}>
        {plan && plan.way !== 'none' ? <GroupPlanRow plan={plan} /> : null}
      </CoverageList>
      {of === 'past' ? null : <p className="mt-2 max-w-4xl">{FRESHNESS}</p>}
    </Popover>
  )
}

/**
 * What a run of the past has read: a line for each kind of data of which something is missing, and one each for those that
 * were read whole and those that were not asked for.
 */
export function RunCoverage({ coverage }: { coverage: CoverageLine[] }) {
  if (coverage.length === 0) return null
  const inState = (...states: CoverageLine['state'][]) => coverage.filter(({ state }) => states.includes(state))
  const whole = inState('whole').filter((line) => !isGap(line))
  const gaps = coverage.filter((line) => line.state !== 'not_asked' && !whole.includes(line))
  return (
    <details className="group mt-1 text-ink-soft">
      <summary className="-mx-1 inline-flex max-w-full items-start gap-1 rounded-md px-1 hover:text-ink">
        <ChevronRight aria-hidden className="mt-0.5 size-4 shrink-0 transition-transform group-open:rotate-90" />
        What was read: {whole.length} of {coverage.length} kinds of data whole
      </summary>
      {/* Wider than its column, where the columns beside it have nothing below their first line. */}
      <div className="relative z-1 @min-[61rem]:w-[220%]">
        <CoverageList coverage={gaps} settingsHref={null} granted={[]}>
          <TitlesRow state="not_asked" word="Not asked for" coverage={inState('not_asked')} />
          <TitlesRow state="whole" word="Read whole" coverage={whole} />
        </CoverageList>
      </div>
    </details>
  )
}

type TitlesRowProps = { state: CoverageLine['state']; word: string; coverage: CoverageLine[] }

/** Kinds of data in one line, with how much was read of each. */
function TitlesRow({ state, word, coverage }: TitlesRowProps) {
  if (coverage.length === 0) return null
  const titles = coverage.map(({ dataset, read }) =>
    read > 0 ? `${BLIND_SPOTS[dataset].title} (${read.toLocaleString('en')})` : BLIND_SPOTS[dataset].title,
  )
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2.5 px-3 py-2">
      <CoverageMark state={state} gap={false} />
      <p>
        <span className="font-medium text-ink">{word}:</span> {titles.join(', ')}.
      </p>
    </li>
  )
}

type CoverageListProps = Pick<Props, 'coverage' | 'settingsHref' | 'granted'> & { children: ReactNode }

const CoverageList = ({ coverage, settingsHref, granted, children }: CoverageListProps) => (
  <ul className="mt-2 max-w-4xl divide-y divide-line rounded-lg border border-line bg-surface">
    {coverage.map((line) => (
      <CoverageRow key={line.dataset} line={line} {...{ settingsHref, granted }} />
    ))}
    {children}
  </ul>
)

type CoverageRowProps = Pick<Props, 'settingsHref' | 'granted'> & { line: CoverageLine }

function CoverageRow({ line, settingsHref, granted }: CoverageRowProps) {
  const { dataset, state, why, refusal, odd, kept, keptSince, drop, counted } = line
  const permission = OPTIONAL_PERMISSIONS.find((optional) => optional.dataset === dataset)
  const reason = why ? explain(why) : null
  const asks = isAskable(line) && permission

  return (
    <li
      data-screen-only={saysOnlyWhole(line) ? true : undefined}
      className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2.5 px-3 py-2"
    >
      <CoverageMark state={state} gap={isGap(line)} />
      <div className="min-w-0">
        <p>
          <span className="font-medium text-ink">{BLIND_SPOTS[dataset].title}:</span>{' '}
          <span className="tabular-nums">{describeState(line)}</span>
        </p>
        {reason ? (
          <p>
            {reason.sentence} {reason.next}
          </p>
        ) : state === 'not_asked' && permission ? (
          <p>{permission.without}</p>
        ) : null}
        {drop ? <p>{dropWords(drop, line.read)}.</p> : null}
        {counted ? <p>{countedSentence(counted)}</p> : null}
        {refusal ? (
          <p className="break-words">
            Asked for <span className="font-mono text-xs">{refusal.request}</span>: {refusalWords(refusal)}.
          </p>
        ) : null}
        {odd && odd.length > 0 ? (
          <p className="break-all">
            Not understood:{' '}
            {odd.map((id, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the ids never move, and several rows may be without one
              <Fragment key={at}>
                {at > 0 ? ', ' : null}
                <bdi className="font-mono text-xs">{shortenId(spellControls(id))}</bdi>
              </Fragment>
            ))}
          </p>
        ) : null}
        {kept && keptSince ? (
          <p>
            {kept.toLocaleString('en')} shown from an earlier reading, <RelativeTime at={new Date(keptSince)} />.
          </p>
        ) : null}
        {asks && granted.includes(asks.scope) ? (
          <p className="font-medium text-ink">
            {asks.scope} was granted since this result was read. The next sync reads it.
          </p>
        ) : asks && settingsHref ? (
          <p>
            <Link href={settingsHref} prefetch={false} className="link">
              Ask for {asks.scope} in Settings
            </Link>
          </p>
        ) : null}
      </div>
    </li>
  )
}

/** Whether a line says no more than that all was read, which the sentence above the lines says on paper. */
const saysOnlyWhole = (line: CoverageLine): boolean =>
  line.state === 'whole' && !isGap(line) && !line.counted && !line.kept && !line.odd?.length

/** The most characters of the id of a row that are shown. The id is whatever Microsoft sent, up to 1,000 characters. */
const MOST_OF_ID = 200

/** An id cut in the middle, because one of Azure's ends with what tells it from the others. */
function shortenId(id: string): string {
  const characters = [...id]
  if (characters.length <= MOST_OF_ID) return id
  const half = MOST_OF_ID / 2
  return `${characters.slice(0, half).join('')}…${characters.slice(-half).join('')}`
}

/** How far a line was read. Of what was begun and gave nothing, no part was read. */
function describeState({ state, read, missing }: CoverageLine): string {
  if (state === 'partly' && read === 0 && missing > 0) return `not read, ${missing.toLocaleString('en')} missing.`
  return STATE_WORDS[state]({ read, missing })
}

/** The mark of a line of coverage, amber only for a gap. The words beside it say the same. */
function CoverageMark({ state, gap }: { state: CoverageLine['state']; gap: boolean }) {
  const Mark = {
    whole: gap ? CircleAlert : CircleCheck,
    partly: PartlyMark,
    not_permitted: CircleSlash,
    not_readable: CircleSlash,
    not_licensed: CircleMinus,
    not_asked: CircleDashed,
  }[state]
  const tone = gap ? 'text-warn' : state === 'whole' ? 'text-good' : 'text-ink-faint'
  return <Mark aria-hidden className={`mt-0.5 size-4 ${tone}`} />
}

const WAYS: Record<GroupPlan['way'], string> = {
  none: 'there were none to open',
  members: 'from the groups down to their members',
  people: 'from every person of the directory up',
  unopened: 'not opened',
}

/** In which way a run opened groups, how many calls that took, and why this way was chosen. */
function GroupPlanRow({ plan }: { plan: GroupPlan }) {
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2.5 px-3 py-2">
      <Route aria-hidden className="mt-0.5 size-4 text-ink-faint" />
      <div className="min-w-0">
        <p>
          <span className="font-medium text-ink">How groups were opened:</span> {WAYS[plan.way]}
          {plan.way === 'unopened' ? null : (
            <span className="tabular-nums">
              , {plan.predicted.toLocaleString('en')} {plan.predicted === 1 ? 'call' : 'calls'} expected,{' '}
              {plan.made.toLocaleString('en')} made
            </span>
          )}
          .
        </p>
        <p>{groupPlanSentence(plan.why)}</p>
      </div>
    </li>
  )
}

/** A circle of which half is filled: something is there in part. */
export function PartlyMark(props: ComponentProps<'svg'>) {
  return (
    <svg aria-hidden viewBox="0 0 24 24" fill="none" {...props}>
      <circle cx="12" cy="12" r="10" stroke="currentColor" strokeWidth="2" />
      <path d="M12 6a6 6 0 0 1 0 12z" fill="currentColor" />
    </svg>
  )
}
