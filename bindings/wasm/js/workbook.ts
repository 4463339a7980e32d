import { asFailure, type ModuleSource } from "./engine.js";
import { failure } from "./errors.js";
import { kindOf, shown } from "./kinds.js";
import { bytesOf, textOf, type FileContent } from "./text.js";
import { optionsOf } from "./values.js";

/** How a workbook is opened. */
export interface WorkbookOptions {
  /** The name that problems call it by; its ending says what it is, else its first bytes do. */
  readonly file?: string;
  /** Where the module that reads workbooks is, if not beside the package's JavaScript. */
  readonly module?: ModuleSource;
}

/**
 * An opened workbook (`.xlsx`, `.xls`, `.ods`), which rosters, limits, receipts and scenarios are read from. The module that opens
 * workbooks is loaded with the first.
 */
export class Workbook {
  /** The names of its sheets. */
  readonly sheets: readonly string[];
  /** The name that problems call it by. */
  readonly file: string | undefined;
  readonly #rows: Uint8Array;

  private constructor(rows: Uint8Array, sheets: readonly string[], file: string | undefined) {
    [this.#rows, this.sheets, this.file] = [rows, sheets, file];
  }

  /** Opens a workbook from its bytes. */
  static async open(content: Uint8Array | ArrayBuffer, options: WorkbookOptions = {}): Promise<Workbook> {
    const { file, module } = optionsOf(options);
    const name = file === undefined ? undefined : textOf(file, "the name of the file");
    if (!(content instanceof Uint8Array || content instanceof ArrayBuffer)) {
      throw failure("wrong-type", "is not a workbook's content", { found: kindOf(content), expected: "a Uint8Array or an ArrayBuffer" });
    }
    const reader = await import("./unpack.js");
    await reader.start(module);
    try {
      const { rows, sheets } = reader.unpack(content instanceof Uint8Array ? content : new Uint8Array(content), name);
      return new Workbook(rows, sheets, name);
    } catch (error) {
      throw asFailure(error, reader.takePanic, reader.startAgain);
    }
  }

  /** Its rows, if an object is a workbook. @internal */
  static rowsOf(object: unknown): Uint8Array | undefined {
    return typeof object === "object" && object !== null && #rows in object ? object.#rows : undefined;
  }
}

/** What a sheet leaves open. */
export interface SheetOptions {
  /** The sheet of a workbook, by its name; left out: the one that fits. */
  readonly sheet?: string;
  /**
   * Whether blank cells of keys (county, year, …) are merged with the filled-in one above. Left out: a workbook tells, rows of
   * objects have none, and in other files what looks so is an error (`merged-cells`).
   */
  readonly fillDown?: boolean;
}

/** How a table is written, and what it is called in problems. */
export interface TableFileOptions extends SheetOptions {
  /** Default: CSV (with commas, semicolons or tabs). Of a workbook, nothing need be said. */
  readonly format?: "csv" | "json";
  /** The name that problems call it by; of a workbook its own. */
  readonly file?: string;
}

/** A table as the module takes it. @internal */
export interface TableFile {
  readonly bytes: Uint8Array;
  readonly format: string;
  readonly file: string | undefined;
  readonly sheet: string | undefined;
  readonly fillDown: boolean | undefined;
}

/** A file of rows, or a workbook with them. @internal */
export function tableOf(content: FileContent | Workbook, options: Omit<TableFileOptions, "format"> & { readonly format?: string }, usual = "csv"): TableFile {
  const { format = usual, file, sheet, fillDown } = optionsOf(options);
  if (fillDown !== undefined && typeof fillDown !== "boolean") {
    throw failure("wrong-type", "`fillDown` is neither true nor false", { found: shown(fillDown), expected: "true or false" });
  }
  const rows = Workbook.rowsOf(content);
  const named = file ?? (rows && (content as Workbook).file);
  return {
    bytes: rows ?? bytesOf(content as FileContent),
    format: rows ? "workbook" : textOf(format, "the format"),
    file: named === undefined ? undefined : textOf(named, "the name of the file"),
    sheet: sheet === undefined ? undefined : textOf(sheet, "the name of the sheet"),
    fillDown,
  };
}
