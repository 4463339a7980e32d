// Where things of the repository are.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const here = fileURLToPath(new URL("./", import.meta.url));
export const installed = join(here, "node_modules/fundlayers");

/** The gallery of formulas: what must come out of each, with its policy and roster, which the module does not carry. */
function galleryFiles() {
  const gallery = join(root, "crates/fundlayers-policies/gallery");
  const folders = readdirSync(gallery, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => {
    const text = (file) => readFileSync(join(gallery, name, file), "utf8");
    return { name, text: text("outcome.json"), formula: { policy: text("policy.toml"), roster: text("roster.csv") } };
  });
}

/** The files of vectors: the repository's own, the gallery's, and those of every folder that FUNDLAYERS_VECTORS names. */
export function vectorFiles() {
  const others = (process.env.FUNDLAYERS_VECTORS ?? "").split(delimiter).filter((folder) => folder !== "");
  const files = [join(root, "tests/vectors"), ...others].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".json") && name !== "schema.json")
      .sort()
      .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") })),
  );
  return [...files, ...galleryFiles()];
}

/** The command line, which results are compared with. */
export function commandLine() {
  if (process.env.FUNDLAYERS_COMMAND_LINE) return process.env.FUNDLAYERS_COMMAND_LINE;
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const built = ["release", "debug"].map((profile) => join(target, profile, "fundlayers")).filter((path) => existsSync(path));
  // What was built last: another may be of other sources.
  const [found] = built.sort((one, other) => statSync(other).mtimeMs - statSync(one).mtimeMs);
  if (found === undefined) throw new Error("the command line is not built: cargo build -p fundlayers-cli");
  return found;
}
