import type { ReactNode } from 'react'

/** Tiles side by side, as many as fit; all of one row equally high. */
export function TileGrid({ children }: { children: ReactNode }) {
  return <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,19rem),1fr))] gap-4">{children}</ul>
}
