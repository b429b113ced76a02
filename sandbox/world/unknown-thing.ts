/** A change or a world asked for that names something there is not, or that cannot be; the message is a sentence for whoever asked. */
export class UnknownThing extends Error {}
