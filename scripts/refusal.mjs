/** A start that cannot go on; its message is one sentence for whoever started it, shown without a stack. */
export class Refusal extends Error {
  name = 'Refusal'
}
