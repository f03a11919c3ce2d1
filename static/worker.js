// The worker's script: starts the simulator, which then listens to the page.

import start from "./whichpod-worker.js";

const wasm = new URL("whichpod-worker_bg.wasm", import.meta.url);
try {
  await start({ module_or_path: wasm });
} catch (error) {
  const { renewed } = await import("./renew.js");
  if (!(await renewed(wasm.href))) throw error;
  await start({ module_or_path: wasm });
}
