import type { Metadata } from 'next'
import { changeHistoryLength } from '@/app/(portal)/settings/actions'
import { HistoryForm } from '@/components/settings/history-form'
import { SettingsHeader } from '@/components/settings/settings-header'
import { readHistoryLength } from '@/db/queries/history-horizon'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { HISTORY_LENGTH_WORDS } from '@/lib/domain/retention'
import { dateWords } from '@/lib/domain/words'

export const metadata: Metadata = { title: 'History' }

export default async function HistoryPage() {
  const member = await requireMember()
  const { kept, prunedTo } = await readHistoryLength(member)

  return (
    <>
      <SettingsHeader current="history" />
      <p className="mb-4 max-w-2xl text-ink-soft">
        History says who had access at an earlier time, through which groups, and what each sync read. It is kept for a
        while after something has ended; what is shown now is never deleted by age.
      </p>
      {mayDo(member.role, 'set_history') ? (
        <HistoryForm kept={kept} organisationName={member.organisationName} action={changeHistoryLength} />
      ) : (
        <p>
          Kept <strong className="font-medium">{HISTORY_LENGTH_WORDS[kept]}</strong>. Only an owner changes this.
        </p>
      )}
      {prunedTo ? (
        <p className="mt-4 max-w-2xl text-sm text-ink-soft">
          What ended before {dateWords(prunedTo)} has been deleted, or is being deleted now.
        </p>
      ) : null}
    </>
  )
}
