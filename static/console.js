// The second worker's script: starts the console's tools, which then listen to the page.

import start from "./whichpod-console.js";

await start({ module_or_path: new URL("whichpod-console_bg.wasm", import.meta.url) });
