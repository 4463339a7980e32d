/** What can be asked, and its answers: the same in the page and in the worker. */

import { FundlayersError, loadAll, type Lang, type Problem, type SheetOptions, type Workbook } from "fundlayers/manual";
import {
  answer, cells, check, checks, duties, file, formOf, origin, projectsOf, type Answer, type ChecksTold, type DutiesTold, type FileFormat, type FileKind, type FormAsked,
  type Origin, type ProjectsShown, type ProjectSource, type Question,
} from "./compute.js";
import type { FigureSource, PolicySource, RosterSource, State } from "./state.js";

/** What only all of the module answers, which is loaded when it is first asked. */
export type AskedOfAll =
  /** What is due besides money of what is shown, beside a register of assignments. */
  | { readonly ask: "duties"; readonly register: Uint8Array | string | Workbook | undefined; readonly format: "csv" | "json"; readonly name: string | undefined; readonly lang: Lang; readonly options?: SheetOptions }
  /** What the policy requires besides amounts of what is shown. */
  | { readonly ask: "checks"; readonly figures: FigureSource | undefined; readonly lang: Lang }
  | { readonly ask: "projects"; readonly state: State; readonly source: ProjectSource }
  | ({ readonly ask: "form" } & FormAsked);

export type Asked =
  | { readonly ask: "answer"; readonly state: State }
  | { readonly ask: "origin"; readonly question: Question }
  | { readonly ask: "file"; readonly kind: FileKind; readonly format: FileFormat; readonly state: State }
  /** Whether a policy can be read. */
  | { readonly ask: "policy"; readonly policy: PolicySource }
  | { readonly ask: "cells"; readonly state: State; readonly bytes: Uint8Array | string | Workbook; readonly format: "csv" | "json"; readonly name: string | undefined; readonly options?: SheetOptions };

export type Answered =
  | { readonly is: "answer"; readonly answer: Answer }
  | { readonly is: "origin"; readonly origin: Origin }
  | { readonly is: "file"; readonly text: string | undefined }
  | { readonly is: "duties"; readonly told: DutiesTold | undefined }
  | { readonly is: "checks"; readonly told: ChecksTold | undefined }
  | { readonly is: "form"; readonly file: string | Uint8Array | undefined }
  /** What answers it could not be fetched. */
  | { readonly is: "absent" }
  | { readonly is: "policy" }
  | { readonly is: "cells"; readonly roster: RosterSource; readonly warnings: readonly Problem[] }
  | { readonly is: "projects"; readonly shown: ProjectsShown }
  /** The first line names no column that a roster needs. */
  | { readonly is: "headless"; readonly first: readonly string[] }
  | { readonly is: "problems"; readonly problems: readonly Problem[]; readonly leftOut: number };

/** What is wrong as an answer; of what must not happen, the error itself. */
function refusal(error: unknown): Answered {
  if (error instanceof FundlayersError) return { is: "problems", problems: error.problems, leftOut: error.leftOut };
  throw error;
}

export function perform(asked: Asked): Answered {
  try {
    switch (asked.ask) {
      case "answer":
        return { is: "answer", answer: answer(asked.state) };
      case "origin":
        return { is: "origin", origin: origin(asked.question) };
      case "file":
        return { is: "file", text: file(asked.kind, asked.format, asked.state) };
      case "policy":
        check(asked.policy);
        return { is: "policy" };
      case "cells": {
        const { first, roster, warnings } = cells(asked.state, asked.bytes, asked.format, asked.name, asked.options);
        return roster ? { is: "cells", roster, warnings } : { is: "headless", first };
      }
    }
  } catch (error) {
    return refusal(error);
  }
}

const OF_ALL: readonly string[] = ["duties", "checks", "projects", "form"];

/** Asks whatever it is, once all of the module is there if it takes that. */
export async function performLater(asked: Asked | AskedOfAll): Promise<Answered> {
  if (!isOfAll(asked)) return perform(asked);
  if (!(await loadAll().then(() => true, () => false))) return { is: "absent" };
  try {
    switch (asked.ask) {
      case "duties":
        return { is: "duties", told: duties(asked.register, asked.format, asked.name, asked.lang, asked.options) };
      case "checks":
        return { is: "checks", told: checks(asked.figures, asked.lang) };
      case "projects":
        return { is: "projects", shown: projectsOf(asked.state, asked.source) };
      case "form":
        return { is: "form", file: await formOf(asked) };
    }
  } catch (error) {
    return refusal(error);
  }
}

function isOfAll(asked: Asked | AskedOfAll): asked is AskedOfAll {
  return OF_ALL.includes(asked.ask);
}
