type Props = {
  who: 'people' | 'others'
  /** By what is held now; and those who only could after activating a role. */
  held: number
  eligible: number
  asked: { role: string | null; place: string | null; operation: boolean }
}

/** The answer in a sentence: how many can, where, and how many more could. */
export function AnswerSentence({ who, held, eligible, asked }: Props) {
  const one = held === 1
  const nouns = who === 'people' ? (one ? 'person' : 'people') : one ? 'other principal' : 'other principals'
  const more =
    eligible > 0 ? `; ${eligible.toLocaleString('en')} ${held > 0 ? 'more ' : ''}could after activating a role` : ''
  return (
    <p className="text-base font-medium">
      {held === 0 ? 'No' : held.toLocaleString('en')} {held === 0 && who === 'people' ? 'person' : nouns}{' '}
      {words(asked, one || (held === 0 && who === 'people'))}
      {more}.
    </p>
  )
}

function words({ role, place, operation }: Props['asked'], one: boolean) {
  const where = place ? ` at ${place}` : ''
  if (operation) return `can do it${where}${role ? ` by ${role}` : ''}`
  if (role) return `${one ? 'holds' : 'hold'} ${role}${place ? ` and can act${where}` : ''}`
  return `can act${where}`
}
