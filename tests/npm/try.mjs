// The npm package as somebody gets it: packed, installed into an empty project, used in Node.js, its types checked.
// `cargo xtask npm` makes it before.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const project = join(root, "target/npm-try");
rmSync(project, { recursive: true, force: true });
mkdirSync(project, { recursive: true });
const run = (program, ...options) => execFileSync(program, options, { cwd: project, encoding: "utf8" });

// 1. Packed and installed.
run("npm", "pack", "--silent", "--pack-destination", project, join(root, "target/npm"));
const archive = readdirSync(project).find((name) => name.endsWith(".tgz"));
writeFileSync(join(project, "package.json"), JSON.stringify({ name: "try", private: true, type: "module" }));
run("npm", "install", "--offline", "--no-audit", "--no-fund", "--silent", join(project, archive));
const installed = readdirSync(join(project, "node_modules/whichpod"), { recursive: true });
for (const file of ["index.d.ts", "node.js", "browser.js", "program/whichpod_bg.wasm", "examples/page.html", "LICENSE-MIT", "README.md"]) {
  assert.ok(installed.includes(file), `${file} is missing in ${installed}`);
}

// 2. The example answers.
const lines = run("node", "node_modules/whichpod/examples/node.mjs").trim().split("\n");
assert.equal(lines.length, 4, lines.join("\n"));
assert.match(lines[0], /^50 % delivered default\/web-/);
assert.match(lines[2], /web\.default\.svc\.cluster\.local$/);
assert.equal(lines[3], "0 errors");

// 3. What the types say is what comes.
writeFileSync(
  join(project, "use.ts"),
  `import { QuestionError, check, exec, modelled, trace, type Landing } from "whichpod";
const pod = "apiVersion: v1\\nkind: Pod\\nmetadata: {name: a}\\nspec: {containers: [{name: a, image: nginx}]}\\n";
const { landings, legs } = trace({ "a.yaml": pod }, { command: "curl http://INGRESS/", proxyMode: "ipvs" });
const first: Landing | undefined = landings[0];
console.log(first?.share, first?.pod?.length, legs[0]?.hops[0]?.because[0]?.line);
const text: string | null = exec(pod, "kubectl get pods").stdout;
console.log(text, check(pod).diagnostics[0]?.fix?.replacement, modelled().sections.length);
try { trace(pod, "frobnicate"); } catch (error) { if (error instanceof QuestionError) console.log(error.message); }
// @ts-expect-error: a question has a command
trace(pod, { from: "external" });
`,
);
const tsc = join(root, "tests/e2e/node_modules/.bin/tsc");
const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"];
try {
  run(tsc, ...options, "use.ts");
} catch (error) {
  assert.fail(error.stdout);
}

// 4. Every key that comes stands in the types.
const { trace, check, exec, modelled, QuestionError } = await import(join(project, "node_modules/whichpod/node.js"));
const types = readFileSync(join(project, "node_modules/whichpod/index.d.ts"), "utf8");
const free = new Set(["headers", "responseHeaders", "mirroredTo"]);
const keys = (value, found = new Set()) => {
  if (Array.isArray(value)) value.forEach((element) => keys(element, found));
  else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) {
      found.add(key);
      if (!free.has(key)) keys(inner, found);
    }
  }
  return found;
};
const shop = readFileSync(join(root, "static/examples/shop.yaml"), "utf8");
const answers = [
  trace(shop, { command: "curl http://shop.example.com/cart", repeat: 10, all: true }),
  trace(readFileSync(join(root, "static/examples/gateway.yaml"), "utf8"), "curl http://nowhere.example.com/"),
  check(shop.replaceAll("selector", "selectr")),
  exec(shop, "kubectl get pods"),
  modelled(),
];
for (const key of keys(answers)) assert.match(types, new RegExp(`\\b${key}\\??:`), `index.d.ts doesn't know \`${key}\``);
assert.throws(() => trace(shop, "frobnicate"), (error) => error instanceof QuestionError && error.message.includes("frobnicate"));
console.log("the npm package answers");
