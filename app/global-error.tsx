'use client'

import { WentWrong, type WentWrongProps } from '@/components/shell/went-wrong'
import './globals.css'

/** Stands in for the root layout when the layout itself fails. */
export default function GlobalError(props: WentWrongProps) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · Rolecall</title>
        <WentWrong {...props} />
      </body>
    </html>
  )
}
