import { Minus } from 'lucide-react'
import { NOT_REQUESTED } from '@/lib/domain/permissions'

/** What the sign-in never asks for. */
export function NotRequested() {
  return (
    <ul className="grid grid-cols-1 gap-1.5 text-ink-soft">
      {NOT_REQUESTED.map((line) => (
        <li key={line} className="flex gap-2">
          <Minus size={16} aria-hidden="true" className="mt-0.5 shrink-0 text-ink-faint" />
          {line}
        </li>
      ))}
    </ul>
  )
}
