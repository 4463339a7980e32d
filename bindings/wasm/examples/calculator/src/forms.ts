/** Forms that offices print, as files: a page that prints on A4, or a workbook. */

import type { FormAsked } from "./compute.js";
import { download, h } from "./dom.js";
import { ask, askHere } from "./engine.js";
import { fileName } from "./files.js";
import type { Page } from "./page.js";
import { notice } from "./regions.js";
import { problemText } from "./sentences.js";
import type { WordKey } from "./words.js";

const NAMES = {
  distribution: "formDistribution", notice: "formNotice", filing: "formFiling", support: "formSupport", land: "formLand", projects: "formProjects", tasks: "formTasks",
} as const satisfies Record<string, WordKey>;
export type FormName = keyof typeof NAMES;

const TYPES = { html: "text/html", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };

/** What a form is made of besides what the page shows; it is asked for in the page, where it was opened. */
export type FormInputs = Pick<FormAsked, "assignments" | "projects">;

async function take(page: Page, form: FormName, format: "html" | "xlsx", inputs: FormInputs | undefined): Promise<void> {
  const asked = { ask: "form", form, format, state: page.state, ...inputs } as const;
  const answered = await (inputs ? askHere(asked) : ask(asked)).catch(() => undefined);
  if (answered?.is === "form" && answered.file !== undefined) {
    const { year } = page.state;
    download(fileName(page, form, format, year), answered.file as BlobPart, TYPES[format]);
  } else if (answered?.is === "problems") notice(answered.problems.slice(0, 5).map((problem) => problemText(page, problem)).join(" "), "untilChange");
  else notice(page.t("partAbsent"), "untilChange");
}

/** Buttons for some forms; `why`, where there is one, is the id of what says that none can be had now. */
export function formButtons(page: Page, forms: readonly FormName[], inputs?: () => FormInputs, why?: string): HTMLElement {
  const { t } = page;
  const button = (form: FormName, format: "html" | "xlsx") => {
    const shown = format === "xlsx" ? "Excel" : t("formPage");
    return h("button", {
      type: "button", id: `form-${form}-${format}`, disabled: why !== undefined, "aria-describedby": why,
      "aria-label": t("download", { what: t(NAMES[form]), format: shown }),
      onclick: () => void take(page, form, format, inputs?.()),
    }, shown);
  };
  return h("ul", { class: "files forms" }, forms.map((form) => h("li", {}, h("span", {}, t(NAMES[form])), button(form, "html"), button(form, "xlsx"))));
}
