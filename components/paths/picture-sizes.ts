/** Of a node, and from one column or row to the next, in pixels of the drawing. */
export const WIDTH = 160
export const HEIGHT = 46
export const COLUMN = 196
export const ROW = 58
