/** Of a node, and from one column or row to the next, in pixels of the drawing. */
export const WIDTH = 136
export const HEIGHT = 46
export const COLUMN = 162
export const ROW = 58
