/** The pages behind tabs: amounts first, then what is asked for besides money. One of them is shown at a time. */

import { h } from "./dom.js";
import type { Page } from "./page.js";
import { into, region } from "./regions.js";

/** The pages, by the regions that they are drawn into. */
export const TABS = ["results", "duties", "checks", "projects"] as const;
export type Tab = (typeof TABS)[number];

const LABELS = { results: "tabResults", duties: "tabDuties", checks: "tabChecks", projects: "tabProjects" } as const;

let chosen: Tab = "results";

/** The page that is shown. */
export function shownTab(): Tab {
  return chosen;
}

/** Shows a page; `draw` fills it. */
export function showTab(page: Page, tab: Tab, draw: (page: Page) => void): void {
  chosen = tab;
  drawTabs(page, draw);
  draw(page);
}

/**
 * The tabs: one stop for Tab; arrows, Home and End go from one to the next, Enter or Space shows its page, which may have to be fetched.
 */
export function drawTabs(page: Page, draw: (page: Page) => void): void {
  const tabs = TABS.map((tab) => h("button", {
    type: "button", role: "tab", id: `tab-${tab}`, "aria-controls": tab, "aria-selected": String(tab === chosen), tabindex: tab === chosen ? 0 : -1,
    onclick: () => showTab(page, tab, draw),
  }, page.t(LABELS[tab])));
  into("tabs", ...tabs);
  region("tabs").setAttribute("aria-label", page.t("tabs"));
  for (const tab of TABS) region(tab).hidden = tab !== chosen;
}

/** Arrows between tabs. */
export function walkTabs(): void {
  region("tabs").addEventListener("keydown", (event) => {
    const tabs = [...region("tabs").querySelectorAll<HTMLButtonElement>("[role=tab]")];
    const at = tabs.findIndex((tab) => tab === event.target);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to =
      event.key === "ArrowRight" ? (at + 1) % tabs.length
      : event.key === "ArrowLeft" ? (at + tabs.length - 1) % tabs.length
      : event.key === "Home" ? 0
      : event.key === "End" ? tabs.length - 1
      : undefined;
    if (to === undefined) return;
    event.preventDefault();
    for (const [one, tab] of tabs.entries()) tab.tabIndex = one === to ? 0 : -1;
    tabs[to]!.focus();
  });
}
