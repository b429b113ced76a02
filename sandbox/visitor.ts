type Visit = {
  /** The account picked, by its user principal name. */
  username: string
  /** What is pressed when consent is asked for. */
  consent?: 'accept' | 'cancel' | 'return'
  /** An administrator's tick for the whole organisation; on as on the page. */
  organisation?: boolean
}

/** Where the browser ended: sent back to the application, or on a page that does not send it anywhere. */
export type Outcome = { kind: 'redirect'; url: URL } | { kind: 'page'; html: string; status: number }

/**
 * Goes through the sandbox's sign-in pages as a browser would, without one: picks the account, answers the consent page.
 * Takes the canonical https address of the login; for tests and benchmarks.
 */
export async function signInAs(sandboxUrl: string, address: string, visit: Visit): Promise<Outcome> {
  const url = new URL(address)
  const here = `${sandboxUrl}/${url.host}${url.pathname}${url.search}`
  const press = (fields: Record<string, string>) =>
    fetch(here, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  let response = await fetch(here, { redirect: 'manual' })
  let html = await response.text()
  if (response.status === 200 && html.includes('name="username"')) {
    response = await press({ username: visit.username })
    html = await response.text()
  }
  const account = /name="account" value="([^"]+)"/.exec(html)?.[1]
  const asks = /name="consent"/.test(html)
  if (response.status === 200 && asks && account && visit.consent) {
    const forAll = html.includes('name="organisation"') && visit.organisation !== false
    response = await press({ account, consent: visit.consent, ...(forAll ? { organisation: 'on' } : null) })
    html = await response.text()
  }
  const location = response.headers.get('location')
  return location ? { kind: 'redirect', url: new URL(location) } : { kind: 'page', html, status: response.status }
}
