/** Which policy, and where it is from. */

import { h } from "./dom.js";
import { fileButton } from "./files.js";
import type { Page } from "./page.js";
import { PLAN } from "./state.js";

export function renderPolicy(page: Page): Node[] {
  const { t, state } = page;
  const words = page.latest?.policy;
  const choose = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    if (value === PLAN) page.open({ policy: { kind: "builtIn", id: PLAN } });
  };
  const source = words?.source;
  return [
    h("h2", { id: "policy-heading" }, t("policy")),
    h("label", { class: "field" }, h("span", { class: "hidden" }, t("policy")),
      h("select", { id: "policy-choice", onchange: choose },
        h("option", { value: PLAN, selected: state.policy.kind === "builtIn" }, t("policyPlan")),
        state.policy.kind === "file" && h("option", { value: "", selected: true }, words ? words.title[state.lang] : state.policy.name))),
    fileButton(page, "policy-file", t("policyFile"), ".toml,.json"),
    words && h("p", { class: "note" }, [words.line, source?.issuer, source?.published].filter((part) => part).join(state.lang === "zh" ? "，" : ", ")),
    h("p", { class: "note screen" }, t("drop")),
  ].filter((node) => node !== undefined);
}
