// Minifies the scripts of a published site, which Trunk's own minifier leaves as they are. Trunk runs it after each build.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const { TRUNK_PROFILE, TRUNK_STAGING_DIR: site } = process.env;

if (TRUNK_PROFILE === "release") {
  const scripts = readdirSync(site, { recursive: true }).filter((path) => path.endsWith(".js") && path !== "editor.js");
  await esbuild.build({
    entryPoints: scripts.map((path) => join(site, path)),
    outdir: site,
    outbase: site,
    allowOverwrite: true,
    minify: true,
    format: "esm",
    target: "es2022",
    logLevel: "warning",
  });
}
