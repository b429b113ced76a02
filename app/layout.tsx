import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { parseTheme, themeCookie } from '@/components/shell/theme'
import { env } from '@/lib/env'
import { mono, otherLetters, sans } from './fonts/fonts'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Rolecall', template: '%s · Rolecall' },
  description: 'Who holds which Azure role in which subscription, through which path, and since when.',
}

export const viewport: Viewport = { colorScheme: 'light dark' }

/** The theme comes from a cookie, so that the first paint has it without a script. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(themeCookie(env().portalUrl).name)?.value)

  return (
    <html
      lang="en"
      data-theme={theme === 'system' ? undefined : theme}
      className={`${sans.variable} ${mono.variable} ${otherLetters.variable} scroll-pt-12 scroll-pb-20`}
      suppressHydrationWarning
    >
      <body>{children}</body>
    </html>
  )
}
