/** Puts the page together: its state, what draws it, and what comes from outside. */

import first from "virtual:first";
import type { Lang } from "fundlayers/manual";
import { writeSoon } from "./address.js";
import { start } from "./engine.js";
import { renderChecks } from "./checks.js";
import { renderDuties } from "./duties.js";
import { openPolicy, takeDropped } from "./files.js";
import { arrange, frame, narrow, renderHead, renderJumps } from "./frame.js";
import { renderHelp } from "./help.js";
import { renderAmounts, renderLimit, showAmounts } from "./inputs.js";
import { Page, type Redraw } from "./page.js";
import { renderPolicy } from "./policy.js";
import { renderProblems } from "./problems.js";
import { renderProjects } from "./projects.js";
import { endPassing, into, notice, region, say } from "./regions.js";
import { renderResults, rove } from "./results.js";
import { renderRoster, showProblems } from "./roster.js";
import { fromFragment, initial, PLAN, type State } from "./state.js";
import { drawTabs, showTab, shownTab, walkTabs } from "./tabs.js";
import { renderTake } from "./take.js";

/** The page behind the chosen tab; the results are drawn with every answer. */
function drawShown(page: Page): void {
  const tab = shownTab();
  if (tab === "duties") into(tab, ...renderDuties(page));
  if (tab === "checks") into(tab, ...renderChecks(page));
  if (tab === "projects") into(tab, ...renderProjects(page));
}

function draw(page: Page, parts: readonly Redraw[]): void {
  const drawn = (part: Redraw) => parts.includes("all") || parts.includes(part);
  if (drawn("all")) {
    document.documentElement.lang = page.state.lang === "zh" ? "zh-CN" : "en";
    document.title = page.t("title");
    region("jump").setAttribute("aria-label", page.t("jump"));
    into("jump", ...renderJumps(page, (tab) => showTab(page, tab, drawShown)));
    into("head", ...renderHead(page));
    into("help", ...renderHelp(page));
    into("policy", ...renderPolicy(page));
  }
  if (drawn("roster")) into("roster", ...renderRoster(page));
  if (drawn("amounts")) into("amounts", ...renderAmounts(page));
  if (drawn("limit")) into("limit", ...renderLimit(page));
  showProblems(page);
  showAmounts(page);
  into("problems", ...renderProblems(page));
  drawTabs(page, drawShown);
  into("results", ...renderResults(page));
  drawShown(page);
  into("take", ...renderTake(page));
}

/** Says, to everybody, that what is shown is not yet what was asked for; or why it will not be. */
function wait(page: Page, now: boolean): void {
  if (now) region("results").setAttribute("aria-busy", "true");
  else region("results").removeAttribute("aria-busy");
  const { note } = page;
  if (region("busy").textContent === note) return;
  region("busy").textContent = note;
  if (note !== "") say(note);
  into("take", ...renderTake(page));
}

/** The page of a state, as it is drawn here. */
function pageOf(state: State): Page {
  const page: Page = new Page(state, {
    draw: (parts) => draw(page, parts),
    focus: (ids) => ids.map((id) => document.getElementById(id)).find((element) => element !== null)?.focus(),
    say,
    wait: (now) => wait(page, now),
    changed: endPassing,
    settled: () => writeSoon(page),
  });
  return page;
}

async function begin(): Promise<void> {
  const lang: Lang = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  const linked = location.hash === "" ? undefined : await fromFragment(location.hash);
  const page = pageOf(linked ?? initial(lang));
  const starting = start(linked ? undefined : page.state);
  frame();
  arrange();
  narrow.addEventListener("change", arrange);
  rove(region("results"));
  walkTabs();
  const since = () => String(Math.round(performance.now()));
  starting.then(() => { document.documentElement.dataset["started"] = since(); }, () => {
    page.giveUp();
    notice(page.t("notStarted"), "always");
    into("take", ...renderTake(page));
  });
  // The plan's figures are there before the module is.
  if (linked) {
    // The inputs of a link are there before its figures; the plan's words are known by then.
    const { policy } = linked;
    const known = policy.kind === "builtIn" && policy.id === PLAN ? first[linked.lang] : undefined;
    await page.openOnInputs(known && { ...known, ...(linked.roster.kind === "counts" ? { sheet: undefined } : {}) });
  } else {
    page.openOnAnswer(first[lang]);
  }
  document.documentElement.dataset["ready"] = since();
  if (location.hash !== "" && linked === undefined) notice(page.t("badLink"));
  takeDropped(page);
  addEventListener("beforeunload", (event) => {
    if (page.loses()) event.preventDefault();
  });
  addEventListener("hashchange", () => void fromFragment(location.hash).then((linked) => {
    if (linked) void openPolicy(page, linked.policy, () => page.reopen(linked));
    else if (location.hash !== "") notice(page.t("badLinkHere"));
  }));
  if ("serviceWorker" in navigator && import.meta.env.PROD) {
    await navigator.serviceWorker.register("./service-worker.js");
  }
}

void begin();
