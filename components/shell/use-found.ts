'use client'

import { useEffect, useState } from 'react'
import { type FoundGroup, formatFindView } from '@/lib/domain/palette'
import { askPortal } from './ask-portal'
import { readLastOpened } from './last-opened'

/** For how many milliseconds nothing is typed before the portal is asked. */
const PAUSE_MS = 150

/** Why nothing could be found out. With `signIn` only a new sign-in helps, without it another try may. */
export type FindProblem = { sentence: string; signIn: boolean }

type Findings = { groups: FoundGroup[]; problem: FindProblem | null }

/** What was found, with the question that it answers; `tries` counts how often it was asked again by hand. */
type Answer = Findings & { search: string; tries: number }

const NO_ANSWER: Answer = { search: '', tries: -1, groups: [], problem: null }

/**
 * Asks the portal what is called what is typed. While the next answer is on its way (`pending`), what was found before stays.
 * An answer to an earlier question never replaces a later one: its request is given up.
 */
export function useFound(search: string) {
  const [answer, setAnswer] = useState(NO_ANSWER)
  const [tries, setTries] = useState(0)

  useEffect(() => {
    const controller = new AbortController()
    const { signal } = controller
    async function answerQuestion() {
      const findings = await ask(search, signal)
      if (!signal.aborted) setAnswer({ search, tries, ...findings })
    }
    const timer = setTimeout(() => void answerQuestion(), search === '' ? 0 : PAUSE_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [search, tries])

  const pending = answer.search !== search || answer.tries !== tries
  return { groups: answer.groups, problem: pending ? null : answer.problem, pending, retry: () => setTries(tries + 1) }
}

async function ask(search: string, signal: AbortSignal): Promise<Findings> {
  const address = `/find${formatFindView({ search, last: search === '' ? readLastOpened() : [] })}`
  const answer = await askPortal<FoundGroup[]>(address, signal)
  if ('value' in answer) return { groups: answer.value, problem: null }
  return { groups: [], problem: { signIn: answer.failed === 'signed_out', sentence: SENTENCES[answer.failed] } }
}

const SENTENCES = {
  signed_out: 'Your session has ended.',
  refused: 'Rolecall could not search just now.',
  unreachable: 'Rolecall could not be reached. Check your connection.',
}
