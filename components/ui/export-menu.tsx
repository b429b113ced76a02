import { Braces, ChevronDown, Clock, Download, FileSpreadsheet, FileText } from 'lucide-react'
import { buttonClasses } from './button'
import { Menu, MenuItem } from './menu'

/** The formats in which a list can be saved, as the address of an export names them. */
const FORMATS = [
  { format: 'xlsx', label: 'Excel workbook', Icon: FileSpreadsheet },
  { format: 'csv', label: 'CSV, zipped', Icon: FileText },
  { format: 'jsonl', label: 'JSON Lines, zipped', Icon: Braces },
] as const

/** Where an export of a list is, in a format: its address with the filters of its page, whose query may be empty. */
const addressOf = (path: string, query: string, format: string) => `${path}?${query && `${query}&`}format=${format}`

type Props = {
  path: string
  /** What the address says beside the format: which list, and its filters; without `?`. */
  query: string
  className?: string
}

/** Saves a list, all pages of what is shown, as a file that proves itself. */
export function ExportMenu({ path, query, className }: Props) {
  return (
    <Menu
      label="Export"
      trigger={
        <>
          <Download aria-hidden />
          Export
          <ChevronDown aria-hidden />
        </>
      }
      triggerClassName={buttonClasses({}, className)}
    >
      {FORMATS.map(({ format, label, Icon }) => (
        <MenuItem key={format} href={addressOf(path, query, format)} download>
          <Icon aria-hidden />
          {label}
        </MenuItem>
      ))}
      <MenuItem href={`/settings/exports?of=${encodeURIComponent(query ? `${path}?${query}` : path)}`}>
        <Clock aria-hidden />
        Prepare a large one…
      </MenuItem>
    </Menu>
  )
}
