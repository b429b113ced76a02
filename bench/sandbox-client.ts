/** One request to the sandbox under its canonical address. */
export type Ask = { address: string; headers: Record<string, string>; body?: string }

// Asks the sandbox what it is told to, one after another, so that asking is not measured with answering.

type Work = { url: string; asks: Ask[]; count: number }

async function ask(url: string, { address, headers, body }: Ask): Promise<number> {
  const local = address.replace('https://', `${url}/`)
  const response = await fetch(local, { headers, ...(body === undefined ? {} : { method: 'POST', body }) })
  const content = await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`${response.status} ${Buffer.from(content).toString()}`)
  return content.byteLength
}

async function work({ url, asks, count }: Work): Promise<void> {
  let bytes = 0
  for (let turn = 0; turn < count; turn++) {
    const next = asks[turn % asks.length]
    if (next) bytes = await ask(url, next)
  }
  process.send?.({ bytes })
}

process.on('message', (message) =>
  work(message as Work).catch((error: unknown) => process.send?.({ bytes: 0, problem: String(error) })),
)
process.send?.({ ready: true })
