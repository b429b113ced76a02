const MARK = 'x-sandbox-left-out'

type Item = { headers?: Record<string, string> }

const isMarked = ({ headers = {} }: Item) => Object.keys(headers).some((name) => name.toLowerCase() === MARK)

/** Marks an item's answer in a header, which a batch copies into its body. */
export function markLeftOut(response: Response): void {
  response.headers.set(MARK, '1')
}

/** The answer of a `$batch` without the items that are marked. */
export async function leaveOutItems(response: Response): Promise<Response> {
  const content = (await response.json()) as { responses?: Item[] }
  const responses = content.responses?.filter((item) => !isMarked(item))
  return Response.json({ ...content, responses }, { status: response.status, headers: response.headers })
}
