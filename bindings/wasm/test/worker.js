import { Allocation, init, Policy, Roster } from "./node_modules/fundlayers/dist/manual.js";

addEventListener("message", async ({ data }) => {
  await init(data);
  const policy = Policy.builtIn("tongchuan-2023");
  postMessage(new Allocation(policy, Roster.builtIn(policy)).totals([]).toRows()[0].amount);
});
