'use client'

import { useEffect, useState } from 'react'
import { Modal } from '@/components/ui/modal'
import { areSingleKeysOn, turnSingleKeys } from './single-keys'

type Props = { apple: boolean; onClose: () => void }

/** Keys with what they do, in the order in which they are learned. A space stands between keys that are pressed one after the other. */
const SINGLE_KEYS = [
  { keys: '/', does: 'Search the list of this page' },
  { keys: 'j', does: 'Go to the next row of a list or table' },
  { keys: 'k', does: 'Go to the row before' },
  { keys: 'e', does: 'Open the export of this page' },
  { keys: 'g i', does: 'Go to Integrations' },
  { keys: 'g p', does: 'Go to People' },
  { keys: 'g c', does: 'Go to Changes' },
  { keys: 'g s', does: 'Go to Settings' },
  { keys: '?', does: 'Show these keys' },
]

/** The dialog that lists the keys. Those that are pressed alone can be turned off in it, which speech input needs (WCAG 2.1.4). */
export function KeyList({ apple, onClose }: Props) {
  const [open, setOpen] = useState(true)
  const [isOn, setOn] = useState(areSingleKeysOn)

  // Only after the dialog has closed, which returns the focus to where it was.
  useEffect(() => {
    if (!open) onClose()
  }, [open, onClose])

  return (
    <Modal open={open} onClose={() => setOpen(false)} title="Keyboard shortcuts">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-2">
        <Row keys={apple ? '⌘ K' : 'Ctrl K'} joint="+" does="Find and open anything" />
        {SINGLE_KEYS.map(({ keys, does }) => (
          <Row key={keys} keys={keys} joint="then" does={does} off={!isOn} />
        ))}
      </dl>
      <label className="flex cursor-pointer items-start gap-2.5 border-t border-line pt-4">
        <input
          type="checkbox"
          checked={isOn}
          onChange={(event) => setOn(turnSingleKeys(event.target.checked))}
          className="mt-1 size-4 shrink-0"
        />
        <span>
          <span className="block font-medium">Use keys that are pressed alone</span>
          <span className="block text-sm text-ink-soft">
            Turn them off if you use speech input. This browser remembers it, and the search leads back to this list.
          </span>
        </span>
      </label>
    </Modal>
  )
}

type RowProps = {
  keys: string
  /** What stands between two keys. */
  joint: '+' | 'then'
  does: string
  off?: boolean
}

function Row({ keys, joint, does, off = false }: RowProps) {
  return (
    <>
      <dt className="flex items-center gap-1">
        {keys.split(' ').map((key, index) => (
          <span key={key} className="contents">
            {index > 0 ? <span className="text-xs text-ink-faint">{joint}</span> : null}
            <kbd className="grid h-6 min-w-6 place-content-center rounded-md border border-line-strong px-1.5 font-sans text-sm">
              {key}
            </kbd>
          </span>
        ))}
      </dt>
      <dd className={off ? 'text-ink-faint line-through' : undefined}>{does}</dd>
    </>
  )
}
