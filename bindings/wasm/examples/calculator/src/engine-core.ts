/** What can be asked, and its answers: the same in the page and in the worker. */

import { FundlayersError, type Problem, type SheetOptions, type Workbook } from "fundlayers/manual";
import {
  answer, cells, check, file, origin, projectsOf, type Answer, type FileFormat, type FileKind, type Origin, type ProjectsShown, type Question,
} from "./compute.js";
import type { PolicySource, RosterSource, State } from "./state.js";

export type Asked =
  | { readonly ask: "answer"; readonly state: State }
  | { readonly ask: "origin"; readonly question: Question }
  | { readonly ask: "file"; readonly kind: FileKind; readonly format: FileFormat; readonly state: State }
  /** Whether a policy can be read. */
  | { readonly ask: "policy"; readonly policy: PolicySource }
  | {
    readonly ask: "projects"; readonly state: State; readonly content: Uint8Array | Workbook; readonly format: "csv" | "json"; readonly name: string;
    readonly options: SheetOptions; readonly asOf: string | undefined;
  }
  | { readonly ask: "cells"; readonly state: State; readonly bytes: Uint8Array | string | Workbook; readonly format: "csv" | "json"; readonly name: string | undefined; readonly options?: SheetOptions };

export type Answered =
  | { readonly is: "answer"; readonly answer: Answer }
  | { readonly is: "origin"; readonly origin: Origin }
  | { readonly is: "file"; readonly text: string | undefined }
  | { readonly is: "policy" }
  | { readonly is: "cells"; readonly roster: RosterSource; readonly warnings: readonly Problem[] }
  | { readonly is: "projects"; readonly shown: ProjectsShown }
  /** The first line names no column that a roster needs. */
  | { readonly is: "headless"; readonly first: readonly string[] }
  | { readonly is: "problems"; readonly problems: readonly Problem[]; readonly leftOut: number };

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
      case "projects":
        return { is: "projects", shown: projectsOf(asked) };
      case "cells": {
        const { first, roster, warnings } = cells(asked.state, asked.bytes, asked.format, asked.name, asked.options);
        return roster ? { is: "cells", roster, warnings } : { is: "headless", first };
      }
    }
  } catch (error) {
    if (error instanceof FundlayersError) return { is: "problems", problems: error.problems, leftOut: error.leftOut };
    throw error;
  }
}
