import { describeWrongClock } from '@/lib/domain/clock-words'

type PortalSignInProblem = { tone: 'warn' | 'bad'; title: string; next: string }

const INTERRUPTED: PortalSignInProblem = {
  tone: 'warn',
  title: 'The sign-in was not finished',
  next: 'It was cancelled, took too long, or was opened twice. Sign in again, in one tab.',
}

const MISCONFIGURED: PortalSignInProblem = {
  tone: 'bad',
  title: 'Rolecall’s own sign-in is not set up right',
  next: 'Ask whoever runs Rolecall to check its client ID, secret and redirect address. The cause is in its log.',
}

const PROBLEMS: Record<string, PortalSignInProblem> = {
  AccessDenied: {
    tone: 'bad',
    title: 'Your tenant is not allowed to sign in here',
    next: 'Use the work account of an organisation that uses this Rolecall. Personal Microsoft accounts cannot sign in.',
  },
  AccessRemoved: {
    tone: 'bad',
    title: 'An owner has removed your access',
    next: 'Microsoft signed you in, but you can no longer use Rolecall for your organisation. Ask one of its owners in Rolecall to let you in again, under Settings, Members.',
  },
  AwaitsApproval: {
    tone: 'warn',
    title: 'An owner has to let you in',
    next: 'Microsoft signed you in, and your request is with the owners of your organisation in Rolecall: they see it under Settings, Members. Sign in again when one of them has let you in.',
  },
  GroupsNotTold: {
    tone: 'warn',
    title: 'An owner has to let you in',
    next: 'Only people of certain groups may use Rolecall in your organisation, and Microsoft did not say which groups you are in. Your request is with the owners of your organisation in Rolecall: they see it, and what can be done about it, under Settings, Members. Sign in again when one of them has let you in.',
  },
  InNoneNamed: {
    tone: 'bad',
    title: 'You are in none of the groups that may use Rolecall',
    next: 'Microsoft signed you in, but your organisation lets only people of named groups or app roles into Rolecall, and by what Microsoft says you are in none of them. Ask an owner of your organisation in Rolecall, or whoever manages the groups at your organisation.',
  },
  NotInvited: {
    tone: 'bad',
    title: 'You have not been invited',
    next: 'Microsoft signed you in, but in your organisation only people whom an owner has invited may use Rolecall. Ask an owner to invite you, under Settings, Members, with the account that you signed in with.',
  },
  SessionExpired: {
    tone: 'warn',
    title: 'Your session has ended',
    next: 'Sign in again; you return to where you were.',
  },
  OAuthSignin: {
    tone: 'bad',
    title: 'Microsoft’s sign-in could not be reached',
    next: 'Wait a minute, then try again. If it keeps happening, the portal’s network or its Microsoft settings need a look.',
  },
  OAuthCallback: INTERRUPTED,
  Callback: INTERRUPTED,
  Configuration: MISCONFIGURED,
}

/**
 * What to say for the `?error=` of a sign-in. An unknown code is not repeated on the page, because anyone can write such
 * a link; of `?ahead=`, the minutes that the clock of the server is ahead of Microsoft's, only a whole number is.
 */
export function describePortalSignInProblem(code: string | undefined, ahead?: string): PortalSignInProblem | null {
  if (!code) return null
  if (code === 'ClockWrong' && ahead && /^-?[1-9]\d{0,8}$/.test(ahead)) return describeClock(Number(ahead))
  return (Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined) ?? INTERRUPTED
}

const describeClock = (aheadMinutes: number): PortalSignInProblem => ({
  tone: 'bad',
  title: 'The clock of the server is wrong',
  next: `${describeWrongClock(aheadMinutes)} Ask whoever runs Rolecall to set it right, then sign in again.`,
})
