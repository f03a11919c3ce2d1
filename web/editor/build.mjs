// Bundles the editor and the page's style sheet into dist/. Trunk runs it before each build.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");

await esbuild.build({
  entryPoints: {
    editor: join(here, "src/editor.ts"),
    page: join(root, "static/styles/page.css"),
    // Beside it stand the pages that `cargo xtask` writes.
    "modelled/modelled": join(root, "static/styles/modelled.css"),
  },
  outdir: join(here, "dist"),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  // CodeMirror parses in short slices (src/idle.ts), whether the browser tells that a key waits or not.
  define: { "navigator.scheduling": "undefined" },
  inject: [join(here, "src/idle.ts")],
  logLevel: "warning",
});
