/** Says what is being done while it is done, and how long it took: `Building… (42 s)`. */
export async function announce(label, work) {
  const began = Date.now()
  process.stdout.write(`${label}…`)
  try {
    return await work()
  } finally {
    process.stdout.write(` (${Math.round((Date.now() - began) / 1000)} s)\n`)
  }
}
