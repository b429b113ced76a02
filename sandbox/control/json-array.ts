const CHUNK = 65_536 // characters gathered before they are handed on

function* chunksOf(rows: Iterable<unknown>): Generator<string> {
  let text = '['
  let first = true
  for (const row of rows) {
    text += `${first ? '' : ',\n'}${JSON.stringify(row)}`
    first = false
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield `${text}]`
}

/** An answer that is a JSON array, one row a line, written while it is read: no more rows are made than were taken. */
export function jsonArray(rows: Iterable<unknown>): Response {
  const chunks = chunksOf(rows)
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = chunks.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    cancel: () => void chunks.return(undefined),
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}
