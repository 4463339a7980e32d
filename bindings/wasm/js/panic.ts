/** Where the module says why it stopped, before it does. */

let message: string | undefined;

/** Called by the module. */
export function panicked(text: string): void {
  message = text;
}

/** What was said last, once. */
export function takePanic(): string | undefined {
  const text = message;
  message = undefined;
  return text;
}
