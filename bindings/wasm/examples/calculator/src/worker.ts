/** Computes large rosters beside the page. */

import { init } from "fundlayers/manual";
import { performLater, type Answered, type Asked, type AskedOfAll } from "./engine-core.js";

const started = init();

addEventListener("message", async ({ data }: MessageEvent<{ id: number; asked: Asked | AskedOfAll }>) => {
  let answered: Answered | undefined;
  let problem: string | undefined;
  try {
    await started;
    answered = await performLater(data.asked);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  postMessage({ id: data.id, answered, problem });
});
