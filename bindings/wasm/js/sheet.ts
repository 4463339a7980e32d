import type { Report } from "./report.js";

/** Whether a spreadsheet runs a text as a formula; a plain number is none. */
export function runs(text: string): boolean {
  return /^[=+\-@＝＋－＠\t\r\n]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text);
}

/** The digits of a number as people read it. */
export function plain(text: string): string {
  return text.replaceAll(",", "");
}

/** Whether a spreadsheet keeps all digits of a number. */
export function isExact(digits: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(digits) && digits.replace(/^-?[0.]*/, "").replace(".", "").length <= 15;
}

/** The name of a sheet, by what the title of its table says that it is. */
export function titleOf(report: Report): string {
  const words = (report.title.split(" · ").at(-1) ?? "").replaceAll(/[[\]:*?/\\：？／]/g, " ").replaceAll(/^['\s]+|['\s]+$/g, "");
  let name = "";
  for (const one of words) {
    if (name.length + one.length > 31) break;
    name += one;
  }
  return name.replaceAll(/['\s]+$/g, "") || (report.lang === "zh" ? "表" : "Table");
}

/** A report as CSV for people and their spreadsheets: as the command line's `--for-people`, byte for byte. */
export function csv(report: Report): string {
  const safe = (text: string) => (runs(text) ? `'${text}` : text);
  const cell = (text: string) => (/[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text);
  // What a spreadsheet makes another number of has a tab behind it.
  const code = (text: string) => (/^(\d{12,}|0\d+)$/.test(text) ? `${text}\t` : safe(text));
  const unit = report.lang === "zh" ? `（${report.unit}）` : ` (${report.unit})`;
  const lines = [
    report.columns.map(({ header, kind }) => cell(safe(kind === "amount" ? header + unit : header))),
    ...report.rows.map(({ cells }) => report.columns.map(({ kind }, at) => {
      const text = cells[at] ?? "";
      return cell(kind === "text" ? code(text) : kind === "amount" ? plain(text) : safe(text));
    })),
    ...report.notes.map((note) => [cell(safe(note))]),
  ];
  return `\ufeff${lines.map((line) => `${line.join(",")}\r\n`).join("")}`;
}
