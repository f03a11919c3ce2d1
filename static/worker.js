// The worker's script: starts the simulator, which then listens to the page.

import start from "./whichpod-worker.js";

await start({ module_or_path: new URL("whichpod-worker_bg.wasm", import.meta.url) });
