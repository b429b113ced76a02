/** Answers Microsoft's pages as a person would, and gives the parameters that the browser comes back with. */
export async function answerMicrosoft(
  url: string,
  username: string,
  consent: 'accept' | 'cancel' = 'accept',
): Promise<URLSearchParams> {
  const body = new URLSearchParams({ username, consent, organisation: 'on' })
  const response = await fetch(url, { method: 'POST', body, redirect: 'manual' })
  const location = response.headers.get('location')
  if (!location) throw new Error(`Microsoft did not send the browser back: ${await response.text()}`)
  return new URL(location).searchParams
}
