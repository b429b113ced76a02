const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether an id from an address may be compared with a uuid column; PostgreSQL refuses anything else with an error. */
export const isGuid = (text: string): boolean => GUID.test(text)
