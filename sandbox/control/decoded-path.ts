/** The path of an address with its percent signs resolved; as it stands when they are malformed. */
export function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname)
  } catch (error) {
    if (error instanceof URIError) return url.pathname
    throw error
  }
}
