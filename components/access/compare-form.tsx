import { Button } from '@/components/ui/button'
import { ButtonLink } from '@/components/ui/button-link'
import { SelectField } from '@/components/ui/fields'
import type { CompareView } from '@/lib/domain/views'
import type { HolderList } from '@/lib/domain/vocabulary'
import { DIFFERENCE_LABELS, listOptions } from './labels'
import { MomentField } from './moment-band'

type Props = {
  path: string
  view: CompareView
  /** The moments that are compared now; null where there is none. */
  from: Date | null
  to: Date | null
}

const WHO: Record<HolderList, string> = { people: 'People', others: 'Other principals', groups: 'Groups themselves' }

/** Which moments are compared, and which differences are shown. A plain form, whose fields make the address. */
export function CompareForm({ path, view, from, to }: Props) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: browsers give <search> its role only since 2023
    <form
      key={JSON.stringify([view, from, to])}
      role="search"
      aria-label="Compare"
      action={path}
      className="mb-4 flex flex-wrap items-end gap-x-3 gap-y-2 rounded-lg border border-line bg-surface px-4 py-3"
    >
      <MomentField name="from" label="From, in UTC" at={from} large />
      <MomentField name="to" label="To, in UTC" at={to} large />
      <SelectField
        name="who"
        label="Who"
        hideLabel
        options={listOptions('Everyone', WHO)}
        defaultValue={view.who ?? ''}
        className="max-sm:flex-1 max-sm:basis-36"
      />
      <SelectField
        name="change"
        label="Which differences"
        hideLabel
        options={listOptions('Every difference', DIFFERENCE_LABELS)}
        defaultValue={view.change ?? ''}
        className="max-sm:flex-1 max-sm:basis-36"
      />
      <label
        className="inline-flex h-9 items-center gap-2 text-sm"
        title="Can grant access, or change every kind of resource"
      >
        <input type="checkbox" name="privileged" value="1" defaultChecked={view.privileged} className="size-4" />
        Privileged roles only
      </label>
      <Button type="submit" variant="primary">
        Compare
      </Button>
      <ButtonLink href={path} variant="ghost">
        Last two results
      </ButtonLink>
      <p className="basis-full text-xs text-ink-soft">
        What is compared are the last results that there were at the ends of these minutes, in UTC.
      </p>
    </form>
  )
}
