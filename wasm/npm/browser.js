// For browsers and bundlers: the program is fetched from beside this file, and nothing is sent anywhere.

import start, { call } from "./program/whichpod.js";
import { QuestionError, functions } from "./index.js";

await start({ module_or_path: new URL("./program/whichpod_bg.wasm", import.meta.url) });

export const { trace, exec, check, modelled } = functions(call);
export { QuestionError };
