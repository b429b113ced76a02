/** Nothing with this id in the caller's organisation. The same whether it is another's, gone, or never was. */
export class NotFound extends Error {
  override name = 'NotFound'
}
