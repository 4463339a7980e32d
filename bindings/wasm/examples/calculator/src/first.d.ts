/** The answers for the state that the page opens in, as the core gave them when the page was built; see `vite.config.ts`. */
declare module "virtual:first" {
  const first: Readonly<Record<import("fundlayers/manual").Lang, import("./compute.js").Answer>>;
  export default first;
}
