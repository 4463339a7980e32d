/** The words of a clause, from the document that a built-in policy was made from. */

import tongchuan from "fundlayers/policies/tongchuan-2023/source.txt?raw";

const SOURCES: Readonly<Record<string, string>> = { "tongchuan-2023": tongchuan };

/** The paragraph of a clause such as 四.1 or 二(一): its chapter, then its number within it. */
export function clauseText(policy: string, clause: string): string | undefined {
  const lines = SOURCES[policy]?.split("\n").map((line) => line.trim());
  const [, chapter, rest] = /^([一二三四五六七八九十]+)(?:[.．]?(.+))?$/.exec(clause) ?? [];
  if (lines === undefined || chapter === undefined) return undefined;
  const start = lines.findIndex((line) => line.startsWith(`${chapter}、`));
  if (start < 0) return undefined;
  if (rest === undefined) return lines[start];
  const end = lines.findIndex((line, at) => at > start && /^[一二三四五六七八九十]+、/.test(line));
  const within = lines.slice(start + 1, end < 0 ? undefined : end);
  const at = within.findIndex((line) => line.startsWith(rest.startsWith("(") ? rest : `${rest}.`));
  if (at < 0) return undefined;
  return rest.startsWith("(") ? within.slice(at, at + 2).join("\n") : within[at];
}
