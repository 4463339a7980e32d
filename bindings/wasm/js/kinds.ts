/** What a value is, for messages; never calls anything of the value's own. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : typeof value;
}

/** The same, but a number as it is. */
export function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : kindOf(value);
}
