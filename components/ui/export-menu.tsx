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
  className?: string
}

/** Saves a list, all pages of what is shown, as a file that proves itself. */
export function ExportMenu({ path, query, label = 'Export', className }: Props) {
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
      {EXPORT_FORMATS.map((format) => {
        const Icon = ICONS[format]
        return (
          <MenuItem key={format} href={addressOf(path, query, format)} download>
            <Icon aria-hidden />
            {EXPORT_FORMAT_LABELS[format]}
          </MenuItem>
        )
      })}
      <MenuItem href={`/settings/exports?of=${encodeURIComponent(query ? `${path}?${query}` : path)}`}>
        <Clock aria-hidden />
        Prepare a large one…
      </MenuItem>
    </Menu>
  )
}
