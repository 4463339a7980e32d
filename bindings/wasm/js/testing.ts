/** For the tests of the package, which see it packed. */

import { call, raw } from "./engine.js";

/** Does what must never happen, as a call of the package would. @internal */
export function panicForTest(message: string): void {
  call(() => raw.panicForTest(message));
}

/** The memory of the module, once it is started. @internal */
export function memoryForTest(): WebAssembly.Memory {
  // Once started, it hands out what there is.
  return raw.initSync({ module: new Uint8Array() }).memory;
}
