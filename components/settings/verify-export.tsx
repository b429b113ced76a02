'use client'

import { useId, useState } from 'react'
import { Notice } from '@/components/ui/notice'
import { type TrustedKey, type Verdict, verifyExport } from '@/lib/domain/verify-export'
import { momentWords } from '@/lib/domain/words'

type Props = { keys: readonly TrustedKey[] }

/** Verifies an export that somebody has filed. The file stays in the browser. */
export function VerifyExport({ keys }: Props) {
  const id = useId()
  const [verdict, setVerdict] = useState<{ name: string; of: Verdict } | 'working' | null>(null)

  async function verify(file: File | undefined) {
    if (!file) return setVerdict(null)
    setVerdict('working')
    setVerdict({ name: file.name, of: await verifyExport(file, keys) })
  }

  return (
    <section aria-labelledby={`${id}-title`} className="max-w-2xl">
      <h2 id={`${id}-title`} className="text-lg font-semibold">
        Verify an export
      </h2>
      <p className="mt-1 mb-4 text-ink-soft">
        Says whether a file is exactly as this installation of Rolecall exported it. It is looked at in your browser and
        sent nowhere. A workbook that was saved again is a changed one.
      </p>
      <label htmlFor={id} className="mb-1 block font-medium">
        The workbook, or the zip archive
      </label>
      <input
        id={id}
        type="file"
        accept=".xlsx,.zip"
        onChange={(event) => void verify(event.target.files?.[0])}
        className="block w-full max-w-full rounded-md border border-line-strong bg-surface p-2 file:mr-3 file:rounded-md file:border file:border-line file:bg-surface file:px-3 file:py-1 file:font-medium"
      />
      <div role="status" className="mt-4">
        {verdict === 'working' ? <p className="text-ink-soft">Looking at it…</p> : null}
        {verdict && verdict !== 'working' ? <VerdictNotice name={verdict.name} verdict={verdict.of} /> : null}
      </div>
    </section>
  )
}

function VerdictNotice({ name, verdict }: { name: string; verdict: Verdict }) {
  if (verdict.kind === 'verified') return <Verified name={name} verdict={verdict} />
  const { title, sentence } = REFUSALS[verdict.kind]
  return (
    <Notice tone="bad" title={title}>
      <p>{sentence}</p>
      {verdict.kind === 'changed' ? (
        <ul className="mt-1 list-disc pl-5">
          {verdict.files.map((file) => (
            <li key={file} className="break-all">
              {file}
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  )
}

const REFUSALS: Record<Exclude<Verdict['kind'], 'verified'>, { title: string; sentence: string }> = {
  changed: { title: 'This file was changed', sentence: 'These parts of it are not as they were exported:' },
  unsigned: {
    title: 'This proof was changed',
    sentence: 'What it says is not what was signed. Nothing in it can be trusted.',
  },
  unknown_key: {
    title: 'Signed by nobody here',
    sentence: 'It was signed with a key that is none of this installation. Verify it in the portal that exported it.',
  },
  no_export: { title: 'No export of Rolecall', sentence: 'There is no proof in it, or the file is damaged.' },
  not_possible_here: {
    title: 'Your browser cannot tell',
    sentence: 'It does not know Ed25519 signatures, or the portal is opened without https. Use npm run verify instead.',
  },
}

/** The most subscriptions that are named: an export of all people is of every one. */
const MOST_NAMED = 10

function Verified({ name, verdict }: { name: string; verdict: Extract<Verdict, { kind: 'verified' }> }) {
  const { list, rows, exportedAt, by, subscriptions } = verdict.export
  const { withdrawnAt } = verdict
  return (
    <Notice tone={withdrawnAt ? 'warn' : 'good'} title={`${name} is as it was exported`}>
      <p>
        {rows.toLocaleString('en')} {rows === 1 ? 'row' : 'rows'} of the list “{list}”, exported by {by} on{' '}
        {momentWords(new Date(exportedAt))}.
      </p>
      {subscriptions.slice(0, MOST_NAMED).map(({ id, name: subscription, publishedAt, run }) => (
        <p key={`${id} ${publishedAt}`}>
          <bdi>{subscription}</bdi>, <span className="font-mono text-sm break-all">{id}</span>, as of{' '}
          {momentWords(new Date(publishedAt))}
          {run ? (
            <>
              , run <span className="font-mono text-sm break-all">{run}</span>
            </>
          ) : null}
          .
        </p>
      ))}
      {subscriptions.length > MOST_NAMED ? (
        <p>And {(subscriptions.length - MOST_NAMED).toLocaleString('en')} more subscriptions.</p>
      ) : null}
      {withdrawnAt ? (
        <p>The key was withdrawn on {momentWords(new Date(withdrawnAt))}: somebody else may have signed this.</p>
      ) : null}
    </Notice>
  )
}
