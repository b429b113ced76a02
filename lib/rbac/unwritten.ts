/**
 * A letter that stands for any text: of Unicode's private-use area, where the names of providers, types and verbs never
 * go. A pattern that has it nevertheless names no operation.
 */
export const UNWRITTEN = '\uE000'
