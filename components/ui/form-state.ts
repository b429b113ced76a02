/**
 * What an action gives back to its form: an error to show, what was typed (because React clears a form after its action;
 * never a secret), that it is done, or that it needs a fresh sign-in first.
 */
export type FormState = { error?: string; values?: Record<string, string>; done?: boolean; confirm?: boolean } | null

export type FormAction = (state: FormState, form: FormData) => Promise<FormState>
