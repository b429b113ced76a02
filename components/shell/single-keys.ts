/** Where this browser keeps that keys pressed alone do nothing. */
const STORED = 'rolecall.single-keys'

/** Whether keys that are pressed alone act. They do unless somebody has turned them off in this browser. */
export function areSingleKeysOn(): boolean {
  try {
    return localStorage.getItem(STORED) !== 'off'
  } catch {
    return true // A browser that keeps nothing refuses the question as well.
  }
}

/** Turns them on or off. Gives what holds from now on: a browser that keeps nothing leaves it as it was. */
export function turnSingleKeys(on: boolean): boolean {
  try {
    if (on) localStorage.removeItem(STORED)
    else localStorage.setItem(STORED, 'off')
  } catch {
    return areSingleKeysOn()
  }
  return on
}
