import { SubmitButton } from '@/components/ui/submit-button'
import { EXPORT_FORMATS } from '@/lib/domain/vocabulary'
import { EXPORT_FORMAT_LABELS, isolateName } from '@/lib/domain/words'

type Props = {
  address: string
  /** What the list is, and what it is of. */
  list: string
  label: string
  prepare: (address: string, form: FormData) => Promise<void>
}

/** Asks for an export that is written while the reader does something else. */
export function PrepareExport({ address, list, label, prepare }: Props) {
  return (
    <form action={prepare.bind(null, address)} className="mb-6 rounded-lg border border-line bg-surface p-4">
      <fieldset>
        <legend className="sr-only">Prepare an export</legend>
        <h2 className="text-lg font-semibold">
          Prepare an export: {list} of {isolateName(label)}
        </h2>
        <p className="mt-1 mb-3 max-w-2xl text-ink-soft">
          It has the filters that were set, and is written while you go on. A list of a million rows takes some minutes.
          Download it here within a day.
        </p>
        <div className="mb-4 flex flex-wrap gap-x-6 gap-y-2">
          {EXPORT_FORMATS.map((format) => (
            <label key={format} className="inline-flex min-h-6 items-center gap-2">
              <input type="radio" name="format" value={format} defaultChecked={format === 'xlsx'} />
              {EXPORT_FORMAT_LABELS[format]}
            </label>
          ))}
        </div>
      </fieldset>
      <SubmitButton variant="primary" pendingLabel="Asking…">
        Prepare
      </SubmitButton>
    </form>
  )
}
