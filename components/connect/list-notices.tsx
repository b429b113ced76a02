import { Notice } from '@/components/ui/notice'
import { explain } from '@/lib/domain/problems'

/** Why Azure lists nothing for an account now. */
export function ListRefused({ code }: { code: string }) {
  const { title, sentence, next } = explain(code)
  return (
    <Notice tone="bad" title={title}>
      {sentence} {next}
    </Notice>
  )
}

/** Why nothing can be chosen by management group; nothing where it can. */
export function GroupsNotice({ code, any }: { code: string | null; any: boolean }) {
  if (code !== null)
    return (
      <Notice tone="warn" title="The management groups cannot be read now">
        {explain(code).sentence} Choose by name instead.
      </Notice>
    )
  return any ? null : <p className="text-ink-soft">Azure shows this account no management group to choose by.</p>
}

/** That a list has more rows than are shown. */
export function NotUnderstood({ odd }: { odd: number }) {
  return (
    <Notice tone="warn" title={`Azure lists ${odd.toLocaleString('en')} more that Rolecall could not understand`}>
      {odd === 1 ? 'It is' : 'They are'} not shown here. Connect a subscription that you miss by its ID.
    </Notice>
  )
}
