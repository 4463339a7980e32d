/** The regions of the page, and what is said in them. */

export function region(name: string): HTMLElement {
  return document.getElementById(name)!;
}

/** Says something to those who cannot see it change. */
export function say(text: string): void {
  region("status").textContent = text;
}

/** Draws a part again, and puts the focus back where it was. */
export function into(name: string, ...children: (Node | undefined)[]): void {
  const focused = document.activeElement?.id;
  region(name).replaceChildren(...children.filter((child) => child !== undefined));
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

/** A message that everybody sees for a while, until something is changed, or for as long as the page is open. */
export function notice(text: string, lasts: "awhile" | "untilChange" | "always" = "awhile"): void {
  region("notice").textContent = text;
  say(text);
  passing = lasts === "untilChange" ? text : undefined;
  if (lasts !== "awhile") return;
  setTimeout(() => { if (region("notice").textContent === text) region("notice").textContent = ""; }, 6_000);
}

/** A notice that goes with the next change. */
let passing: string | undefined;

/** Something was changed: a notice that lasts until then goes. */
export function endPassing(): void {
  if (passing !== undefined && region("notice").textContent === passing) region("notice").textContent = "";
}
