import { isExact, plain, runs, titleOf } from "./sheet.js";
import type { Report } from "./report.js";

/** What a sheet of Excel holds, with title, header and remarks. */
const MOST_ROWS = 1_048_000;
const FONTS = { cell: `<sz val="11"/>`, bold: `<b/><sz val="11"/>`, title: `<b/><sz val="16"/>` };

/** Whether a table fits on a sheet. */
export function fits(report: Report): boolean {
  return report.rows.length <= MOST_ROWS;
}

/**
 * A report as a workbook (`.xlsx`) that an office can print, as the command line lays it out: what stands in a cell is what the
 * table has. Numbers of at most 15 digits are numbers, longer ones and texts are texts. The same report makes the same bytes.
 */
export async function workbook(report: Report): Promise<Uint8Array> {
  const { lang, columns, rows } = report;
  const zh = lang === "zh";
  const styles = new Styles(zh ? ["宋体", "黑体"] : ["Calibri", "Calibri"]);
  const last = name(Math.max(0, columns.length - 1));
  const merged: string[] = [];
  const lines: string[] = [];
  const decimals = columns.map(({ kind }, at) => (kind === "amount" ? Math.max(0, ...rows.map(({ cells }) => points(plain(cells[at] ?? "")))) : 0));
  const widths = columns.map(({ header }, at) => Math.min(44, Math.max(6, width(header), ...rows.map(({ cells }) => width(cells[at] ?? "") + (decimals[at]! > 0 ? 3 : 0)))));
  const missing = Math.ceil(Math.max(0, 56 - widths.reduce((sum, one) => sum + one, 0)) / Math.max(1, columns.length));
  const all = widths.reduce((sum, one) => sum + one + missing, 0);
  /** A text over all columns, on as many lines as it takes. */
  const over = (value: string, style: number, size = 1, height = 16) => {
    const row = lines.length + 1;
    const tall = Math.max(1, Math.ceil((width(value) * size) / all));
    lines.push(`<row r="${row}" ht="${height * tall}" customHeight="1">${text(`A${row}`, value, style)}</row>`);
    if (columns.length > 1) merged.push(`A${row}:${last}${row}`);
  };
  over(report.title, styles.of("title", "center", true, false), 1.5, 24);
  over(columns.some(({ kind }) => kind === "amount") ? report.unitNote : "", styles.of("cell", "right", false, false));
  const header = styles.of("bold", "center", true, true, "General", true);
  lines.push(`<row r="3">${columns.map((column, at) => text(`${name(at)}3`, column.header, header)).join("")}</row>`);
  for (const { kind, cells } of rows) {
    const row = lines.length + 1;
    const font = kind === "row" ? "cell" : "bold";
    const filled = kind === "total";
    const written = columns.map((column, at) => {
      const value = cells[at] ?? "";
      const cell = `${name(at)}${row}`;
      const digits = plain(value);
      const align = column.kind === "integer" ? "center" : "right";
      if (column.kind !== "text" && isExact(digits)) {
        const places = column.kind === "amount" ? decimals[at]! : points(digits);
        const format = `${column.kind === "amount" ? "#,##0" : "0"}${places > 0 ? `.${"0".repeat(Math.max(places, column.kind === "amount" ? 2 : 0))}` : ""}`;
        return `<c r="${cell}" s="${styles.of(font, align, false, true, format, filled)}"><v>${digits}</v></c>`;
      }
      return text(cell, value, styles.of(font, column.kind === "text" ? "left" : "right", true, true, "@", filled, runs(value)));
    });
    lines.push(`<row r="${row}">${written.join("")}</row>`);
  }
  const end = lines.length;
  for (const note of report.notes) over(note, styles.of("cell", "left", true, false));
  const cols = widths.map((one, at) => `<col min="${at + 1}" max="${at + 1}" width="${one + missing + 2}" customWidth="1"/>`).join("");
  const sheet = `${XML}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">\
<pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${cols}</cols>\
<sheetData>${lines.join("")}</sheetData>${merged.length > 0 ? `<mergeCells count="${merged.length}">${merged.map((range) => `<mergeCell ref="${range}"/>`).join("")}</mergeCells>` : ""}\
<printOptions horizontalCentered="1"/><pageMargins left="0.5" right="0.5" top="0.6" bottom="0.7" header="0.3" footer="0.3"/>\
<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>\
<headerFooter><oddFooter>${zh ? "&amp;C第 &amp;P 页，共 &amp;N 页" : "&amp;CPage &amp;P of &amp;N"}</oddFooter></headerFooter>\
${end > 3 ? `<ignoredErrors><ignoredError sqref="A4:${last}${end}" numberStoredAsText="1"/></ignoredErrors>` : ""}</worksheet>`;
  const title = titleOf(report);
  return zip([
    ["[Content_Types].xml", `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${SHEET}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${SHEET}.styles+xml"/></Types>`],
    ["_rels/.rels", `${XML}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ["xl/workbook.xml", `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${escaped(title)}" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="_xlnm.Print_Titles" localSheetId="0">'${escaped(title.replaceAll("'", "''"))}'!$2:$3</definedName></definedNames></workbook>`],
    ["xl/_rels/workbook.xml.rels", `${XML}<Relationships xmlns="${PACKAGE}"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`],
    ["xl/styles.xml", styles.xml()],
    ["xl/worksheets/sheet1.xml", sheet],
  ]);
}

const XML = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n`;
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships";
const SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** How cells look: each way once. */
class Styles {
  readonly #fonts: readonly [string, string];
  readonly #formats = new Map<string, number>();
  readonly #ways = new Map<string, number>();

  constructor(fonts: readonly [string, string]) {
    this.#fonts = fonts;
    this.of("cell", "left", false, false);
  }

  of(font: keyof typeof FONTS, align: string, wraps: boolean, bordered: boolean, format = "General", filled = false, marked = false): number {
    const known: Record<string, number> = { "General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "@": 49 };
    let number = known[format] ?? this.#formats.get(format);
    if (number === undefined) this.#formats.set(format, (number = 164 + this.#formats.size));
    const way = `<xf numFmtId="${number}" fontId="${Object.keys(FONTS).indexOf(font)}" fillId="${filled ? 2 : 0}" borderId="${bordered ? 1 : 0}" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"${marked ? ` quotePrefix="1"` : ""}><alignment horizontal="${align}" vertical="center"${wraps ? ` wrapText="1"` : ""}/></xf>`;
    const at = this.#ways.get(way) ?? this.#ways.size;
    this.#ways.set(way, at);
    return at;
  }

  xml(): string {
    const [plainFont, titleFont] = this.#fonts;
    const formats = [...this.#formats].map(([code, id]) => `<numFmt numFmtId="${id}" formatCode="${escaped(code)}"/>`);
    const fonts = Object.entries(FONTS).map(([font, how]) => `<font>${how}<name val="${font === "title" ? titleFont : plainFont}"/></font>`);
    const sides = ["left", "right", "top", "bottom"].map((side) => `<${side} style="thin"/>`).join("");
    const ways = [...this.#ways.keys()];
    return `${XML}<styleSheet xmlns="${MAIN}">${formats.length > 0 ? `<numFmts count="${formats.length}">${formats.join("")}</numFmts>` : ""}\
<fonts count="${fonts.length}">${fonts.join("")}</fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFEDEDED"/></patternFill></fill></fills>\
<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>${sides}<diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${ways.length}">${ways.join("")}</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
  }
}

function text(cell: string, value: string, style: number): string {
  if (value === "") return `<c r="${cell}" s="${style}"/>`;
  return `<c r="${cell}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(value.replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, "_x005F_"))}</t></is></c>`;
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** The letters of a column, from 0. */
function name(column: number): string {
  return (column >= 26 ? name(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
}

function points(digits: string): number {
  const at = digits.indexOf(".");
  return at < 0 ? 0 : digits.length - at - 1;
}

/** How wide a text is, in digits: Chinese characters are two. */
function width(value: string): number {
  let sum = 0;
  for (const one of value) sum += one.codePointAt(0)! > 0x2e7f ? 2 : 1;
  return sum;
}

/** An archive of files, with no day in it. */
async function zip(files: readonly (readonly [string, string])[]): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let at = 0;
  for (const [file, content] of files) {
    const [called, bytes] = [encoder.encode(file), encoder.encode(content)];
    const packed = new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"))).arrayBuffer());
    // Version, flags, method, time and day, checksum, sizes, length of the name.
    const head = [16, 20], flags = [16, 0x0800], method = [16, 8], day = [32, 0x00210000], sum = [32, crc(bytes)];
    const about = [flags, method, day, sum, [32, packed.length], [32, bytes.length], [16, called.length], [16, 0]];
    parts.push(fields([[32, 0x04034b50], head, ...about]), called, packed);
    central.push(fields([[32, 0x02014b50], head, head, ...about, [16, 0], [16, 0], [16, 0], [32, 0], [32, at]]), called);
    at += 30 + called.length + packed.length;
  }
  const size = central.reduce((total, part) => total + part.length, 0);
  const all = [...parts, ...central, fields([[32, 0x06054b50], [16, 0], [16, 0], [16, files.length], [16, files.length], [32, size], [32, at], [16, 0]])];
  const whole = new Uint8Array(all.reduce((total, part) => total + part.length, 0));
  let filled = 0;
  for (const part of all) {
    whole.set(part, filled);
    filled += part.length;
  }
  return whole;
}

/** Numbers of so many bits, the lowest byte first. */
function fields(list: readonly (readonly number[])[]): Uint8Array {
  return Uint8Array.from(list.flatMap(([bits, value]) => Array.from({ length: bits! / 8 }, (_, at) => (value! >>> (8 * at)) & 0xff)));
}

function crc(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}
