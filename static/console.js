// The second worker's script: starts the console's tools, which then listen to the page.

import start from "./whichpod-console.js";

const wasm = new URL("whichpod-console_bg.wasm", import.meta.url);
try {
  await start({ module_or_path: wasm });
} catch (error) {
  const { renewed } = await import("./renew.js");
  if (!(await renewed(wasm.href))) throw error;
  await start({ module_or_path: wasm });
}
