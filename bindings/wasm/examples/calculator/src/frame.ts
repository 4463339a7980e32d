/** What stands around the inputs and the results: the regions themselves, the ways to them, the head. */

import type { Lang } from "fundlayers/manual";
import { h } from "./dom.js";
import type { Page } from "./page.js";
import { region } from "./regions.js";
import { TABS, type Tab } from "./tabs.js";

/** Puts the regions in place of what stands in the document until then. */
export function frame(): void {
  const layout = h("div", { class: "layout" });
  document.getElementById("page")!.replaceWith(layout);
  layout.append(
    h("nav", { id: "jump" }),
    h("header", { id: "head" }),
    h("p", { id: "status", class: "hidden", role: "status" }),
    h("main", {},
      h("details", { id: "help" }),
      h("p", { id: "notice" }),
      h("div", { class: "inputs", id: "inputs" },
        h("section", { id: "policy", "aria-labelledby": "policy-heading" }),
        h("section", { id: "roster", "aria-labelledby": "roster-heading", tabindex: "-1" }),
        h("section", { id: "amounts", "aria-labelledby": "amounts-heading", tabindex: "-1" }),
        h("section", { id: "limit", "aria-labelledby": "limit-heading", tabindex: "-1" })),
      h("div", { class: "outputs", id: "outputs" },
        h("p", { id: "busy" }),
        h("div", { id: "problems" }),
        h("div", { id: "tabs", role: "tablist" }),
        TABS.map((tab) => h("section", { id: tab, role: "tabpanel", "aria-labelledby": `tab-${tab}`, tabindex: "-1", hidden: tab !== "results" })))),
    h("footer", { id: "take", tabindex: "-1" }));
}

/** Ways to the parts of the page: for the keyboard, and on narrow screens for everybody. */
export function renderJumps(page: Page, show: (tab: Tab) => void): Node[] {
  const parts = [
    ["results", "toResults"], ["roster", "toRoster"], ["amounts", "toAmounts"], ["limit", "toLimit"], ["duties", "tabDuties"], ["checks", "tabChecks"], ["projects", "tabProjects"],
    ["take", "toTake"],
  ] as const;
  const isTab = (id: string): id is Tab => (TABS as readonly string[]).includes(id);
  return parts.map(([id, key]) => h("a", {
    class: "skip", id: `to-${id}`, href: `#${id}`,
    // The address is the page's own.
    onclick: (event) => {
      event.preventDefault();
      if (isTab(id)) show(id);
      region(id).focus();
      region(id).scrollIntoView();
    },
  }, page.t(key)));
}

/** What is read first stands first: the results, where there is no room beside the inputs. */
export const narrow = matchMedia("(max-width: 72rem)");

export function arrange(): void {
  const [inputs, outputs] = [region("inputs"), region("outputs")];
  const focused = document.activeElement;
  if (narrow.matches) inputs.before(outputs);
  else outputs.before(inputs);
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
}

export function renderHead(page: Page): Node[] {
  const other = (): Lang => (page.state.lang === "zh" ? "en" : "zh");
  return [
    h("div", { class: "brand" }, h("h1", {}, page.t("title")), h("p", {}, page.t("subtitle"))),
    h("button", { type: "button", id: "language", lang: other() === "zh" ? "zh-CN" : "en", onclick: () => page.update({ lang: other() }, "all") }, page.t("language")),
  ];
}
