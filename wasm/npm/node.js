// For Node.js: the program is read from the disk.

import { readFileSync } from "node:fs";
import { call, initSync } from "./program/whichpod.js";
import { QuestionError, functions } from "./index.js";

initSync({ module: readFileSync(new URL("./program/whichpod_bg.wasm", import.meta.url)) });

export const { trace, exec, check, modelled } = functions(call);
export { QuestionError };
