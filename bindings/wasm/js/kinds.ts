/** What a value is, for messages: of an object, its class. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? classOf(value) : typeof value;
}

function classOf(value: object): string {
  try {
    const name: unknown = (Object.getPrototypeOf(value) as object | null)?.constructor.name;
    if (typeof name === "string" && name !== "" && name !== "Object") return name.slice(0, 60);
  } catch {
    // What an object says of itself may fail.
  }
  return "an object";
}

/** The same, but a number as it is. */
export function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : kindOf(value);
}
