/** The address of the page: it carries the state, as long as that is short enough. */

import type { Page } from "./page.js";
import { notice } from "./regions.js";
import { fitsAddress, initial, toFragment } from "./state.js";

let timer: ReturnType<typeof setTimeout> | undefined;

/** Writes the address once nothing more is changed. */
export function writeSoon(page: Page): void {
  clearTimeout(timer);
  timer = setTimeout(() => void write(page), 150);
}

async function write(page: Page): Promise<void> {
  const { state } = page;
  if (fitsAddress(state)) page.hold();
  const plain = JSON.stringify(state) === JSON.stringify(initial(state.lang));
  const fragment = plain || !fitsAddress(state) ? "" : await toFragment(state);
  history.replaceState(null, "", fragment === "" ? `${location.pathname}${location.search}` : fragment);
  document.documentElement.dataset["address"] = fragment === "" ? "plain" : "state";
}

export async function copyLink(page: Page): Promise<void> {
  clearTimeout(timer);
  await write(page);
  const link = new URL(await toFragment(page.state), location.href).href;
  await navigator.clipboard.writeText(link).then(() => notice(page.t("copied")), () => notice(page.t("notCopied")));
}
