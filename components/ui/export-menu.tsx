import { Braces, ChevronDown, Clock, Download, FileSpreadsheet, FileText, type LucideIcon } from 'lucide-react'
import { EXPORT_FORMATS, type ExportFormat } from '@/lib/domain/vocabulary'
import { EXPORT_FORMAT_LABELS } from '@/lib/domain/words'
import { buttonClasses } from './button'
import { Menu, MenuItem } from './menu'

const ICONS: Record<ExportFormat, LucideIcon> = { xlsx: FileSpreadsheet, csv: FileText, jsonl: Braces }

/** Where an export of a list is, in a format: its address with the filters of its page, whose query may be empty. */
const addressOf = (path: string, query: string, format: string) => `${path}?${query && `${query}&`}format=${format}`

type Props = {
  path: string
  /** What the address says beside the format: which list, and its filters; without `?`. */
  query: string
  /** What the button is called, where it is not the list of the page that is exported. */
  label?: string
  /** A fuller list that the same menu offers: what it is called, what is said of it, and its query. */
  fuller?: { name: string; detail: string; query: string }
  className?: string
}

/** Saves a list, all pages of what is shown, as a file that proves itself. */
export function ExportMenu({ path, query, label = 'Export', fuller, className }: Props) {
  return (
    <Menu
      label={label}
      opens="export"
      trigger={
        <>
          <Download aria-hidden />
          {label}
          <ChevronDown aria-hidden />
        </>
      }
      triggerClassName={buttonClasses({}, className)}
    >
      <ExportItems path={path} query={query} />
      {fuller ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a menu
        <div role="group" aria-label={`${fuller.name}: ${fuller.detail}`} className="mt-1 border-t border-line pt-1">
          <p aria-hidden className="max-w-72 px-2.5 pt-1 pb-1.5 text-xs text-ink-faint">
            <span className="block text-sm font-medium text-ink">{fuller.name}</span>
            {fuller.detail}
          </p>
          <ExportItems path={path} query={fuller.query} name={fuller.name} />
        </div>
      ) : null}
    </Menu>
  )
}

/** One list in each format, and as a file that a worker prepares. A second list of a menu says its name in each of them. */
function ExportItems({ path, query, name }: Pick<Props, 'path' | 'query'> & { name?: string }) {
  const of = name ? `${name}: ` : ''
  return (
    <>
      {EXPORT_FORMATS.map((format) => {
        const Icon = ICONS[format]
        return (
          <MenuItem key={format} href={addressOf(path, query, format)} download>
            <Icon aria-hidden />
            {of + EXPORT_FORMAT_LABELS[format]}
          </MenuItem>
        )
      })}
      <MenuItem href={`/settings/exports?of=${encodeURIComponent(query ? `${path}?${query}` : path)}`}>
        <Clock aria-hidden />
        {name ? `${name}: prepare it…` : 'Prepare a large one…'}
      </MenuItem>
    </>
  )
}
