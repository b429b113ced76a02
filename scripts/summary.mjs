/** What a person needs to know once everything runs: where, in which mode, and what to try in the sandbox. */
export function summary({ mode, portalUrl, sandboxUrl }, sandbox) {
  const lines = ['', `Rolecall is ready at ${portalUrl}`, '']
  if (mode === 'azure') return [...lines, 'Mode: Microsoft Azure. Ctrl-C ends it.', ''].join('\n')

  lines.push(
    `Mode: sandbox. A small Microsoft of our own plays Entra ID, Graph and Azure at ${sandboxUrl}; nothing leaves this machine.`,
  )
  const tenantNames = new Map(sandbox.tenants.map(({ id, name }) => [id, name]))
  lines.push('', 'Sign in as one of these (no password):')
  lines.push(...table(sandbox.accounts.map(({ username, name, note }) => [username, name, note])))
  lines.push('', 'Connect one of these subscriptions:')
  lines.push(
    ...table(
      sandbox.subscriptions.map(({ id, name, tenantId, note }) => [
        id,
        `${name} (${tenantNames.get(tenantId) ?? tenantId})`,
        note,
      ]),
    ),
  )
  return [...lines, '', 'Ctrl-C ends everything.', ''].join('\n')
}

function table(rows) {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map(([first, second, note]) =>
    `  ${first.padEnd(widths[0])}  ${second.padEnd(widths[1])}  ${note ?? ''}`.trimEnd(),
  )
}
