/** ARM's error envelope. */
export function armError(
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(
    { error: { code, message } },
    { status, headers: { 'x-ms-failure-cause': 'gateway', ...headers } },
  )
}
