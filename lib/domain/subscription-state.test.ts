import { expect, test } from 'vitest'
import { describeStates } from './subscription-state'

test.each([
  [['Enabled', 'Enabled'], null],
  [['Enabled', 'Disabled'], '1 of them is disabled at Microsoft: its access can still be read.'],
  [['Disabled', 'Disabled'], '2 of them are disabled at Microsoft: their access can still be read.'],
  [['Disabled', 'PastDue'], '2 of them are not enabled at Microsoft: their access can still be read.'],
  [['Warned'], '1 of them is under a warning at Microsoft: its access can still be read.'],
  [['Enabled', 'Deleted'], '1 of them is deleted at Microsoft and not chosen with the others.'],
])('of subscriptions with the states %j it is said: %s', (states, sentence) => {
  expect(describeStates(states)).toBe(sentence)
})
