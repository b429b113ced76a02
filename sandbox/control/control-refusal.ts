/** A control request that cannot be obeyed; the message says why in a sentence. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal'

  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message)
  }
}
