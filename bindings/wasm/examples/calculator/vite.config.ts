import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { defineConfig, runnerImport, type Plugin } from "vite";

/** Writes the service worker: it keeps every file of the page, so that the page works offline once loaded. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const copied = readdirSync("public");
      const files = ["./", ...Object.keys(bundle).filter((name) => name !== "index.html"), ...copied].sort();
      const version = createHash("sha256");
      for (const [name, part] of Object.entries(bundle)) {
        version.update(name).update(part.type === "asset" ? part.source : part.code);
      }
      for (const name of copied) version.update(name).update(readFileSync(`public/${name}`));
      const source = readFileSync("service-worker.js", "utf8")
        .replace('"VERSION"', JSON.stringify(version.digest("hex").slice(0, 16)))
        .replace('["FILES"]', JSON.stringify(files));
      this.emitFile({ type: "asset", fileName: "service-worker.js", source });
    },
  };
}

/** Has the browser fetch the module while it still reads the script, which comes first: the first figures need no module. */
function early(): Plugin {
  return {
    name: "early",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(_, { bundle }) {
        // The other module reads workbooks; until there is one it is in nobody's way.
        const module = Object.keys(bundle ?? {}).find((name) => /fundlayers_bg[^/]*\.wasm$/.test(name));
        return module === undefined ? [] : [{ tag: "link", attrs: { rel: "preload", href: `./${module}`, as: "fetch", type: "application/wasm", crossorigin: true }, injectTo: "head" }];
      },
    },
  };
}

/** Computes what the page opens on when it is built, so that a reader sees figures before the module has come. */
function first(): Plugin {
  const name = "virtual:first";
  return {
    name: "first",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      // In Node the package starts its module by itself.
      await import("fundlayers");
      const load = async <T>(file: string) => (await runnerImport<T>(file, { configFile: false })).module;
      const { answer } = await load<typeof import("./src/compute.js")>("./src/compute.ts");
      const { initial } = await load<typeof import("./src/state.js")>("./src/state.ts");
      const answers = { zh: answer(initial("zh")), en: answer(initial("en")) };
      return `export default JSON.parse(${JSON.stringify(JSON.stringify(answers))});`;
    },
  };
}

export default defineConfig({
  base: "./",
  // The package finds its module beside itself.
  optimizeDeps: { exclude: ["fundlayers"] },
  worker: { format: "es" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  plugins: [first(), early(), offline()],
});
