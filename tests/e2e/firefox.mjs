// What a visitor does, once more in Firefox: one journey in a row through everything that the page is for. Playwright's own
// Firefox is another one than people have, so this speaks WebDriver to the system's, through geckodriver.
// `GECKODRIVER=… FIREFOX=… node firefox.mjs`, against dist/.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

const [SITE, DRIVER] = [Number(process.env.PORT ?? 4174), Number(process.env.DRIVER_PORT ?? 4445)];
const PATIENCE_MS = 20_000;
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const KEYS = { Enter: "\uE007", Escape: "\uE00C", Control: "\uE009" };

const MANIFESTS = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: c, image: alpine}]}
`;

let session = "";

/** A command of WebDriver; what it gives, or its error. */
async function driver(method, path, body) {
  const response = await fetch(`http://127.0.0.1:${DRIVER}/session${session}${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: method === "POST" ? JSON.stringify(body ?? {}) : undefined,
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}

/** Tries until it works, or gives something; fails with the last error. */
async function until(what, attempt) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const failure = await attempt().then((found) => (found ? null : new Error("not yet")), (error) => error);
    if (!failure) return;
    if (Date.now() > end) throw new Error(`${what}: ${failure.message}`);
    await pause(50);
  }
}

/** Runs a function in the page. */
const inPage = (run, ...args) => driver("POST", "/execute/sync", { script: `return (${run})(...arguments)`, args });
const find = async (selector) => (await driver("POST", "/element", { using: "css selector", value: selector }))[ELEMENT];
/** By its selector, and by what it says if that is needed to tell it from others. */
const named = async (selector, text) => (await inPage((selector, text) => [...document.querySelectorAll(selector)].find(
  (element) => [element.textContent.trim(), element.getAttribute("aria-label")].some((name) => name?.startsWith(text))), selector, text))?.[ELEMENT];

const click = (selector, text) => until(`click ${selector} ${text ?? ""}`, async () => {
  await driver("POST", `/element/${text ? await named(selector, text) : await find(selector)}/click`);
  return true;
});
const keys = async (selector, text) => driver("POST", `/element/${await find(selector)}/value`, { text });
const fill = (selector, text) => until(`fill ${selector}`, async () => {
  await driver("POST", `/element/${await find(selector)}/clear`);
  await keys(selector, text);
  return true;
});
const sees = (selector, text) => until(`${selector} says ${text}`, () => inPage((selector, text) =>
  [...document.querySelectorAll(selector)].some((element) => (typeof element.value === "string" ? element.value : element.textContent).includes(text)), selector, text));
const opens = (tab) => click(`#tab-${tab}`);

async function ask(who, command) {
  await click("#from");
  await click("[role=listbox] [role=option]", who);
  await fill("#command", command);
  await keys("#command", KEYS.Escape + KEYS.Enter);
}

/** What somebody copies somewhere and pastes on the page: the clipboard is Firefox's own, and so are the keys. */
async function paste(text) {
  await driver("POST", "/execute/async", { script: "const [text, done] = arguments; navigator.clipboard.writeText(text).then(done)", args: [text] });
  await keys("body", `${KEYS.Control}v`);
}

const JOURNEYS = [
  ["the first example is answered, and its whole map is to be seen", async () => {
    await driver("POST", "/url", { url: `http://127.0.0.1:${SITE}/` });
    await sees(".answer", "Delivered");
    await sees(".cm-content", "kind: Ingress");
    await until("the map", () => inPage(() => [...document.querySelectorAll(".map-spot > rect")].every((box) => {
      const { top, bottom, left, right } = box.getBoundingClientRect();
      return top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth;
    })));
  }],
  ["another path is one click", async () => {
    await click(".suggestions button", "curl http://shop.example.com/");
    await sees("#command", "curl http://shop.example.com/");
    await sees(".answer", "front");
  }],
  ["pasted manifests bring their question", async () => {
    await paste(MANIFESTS.replace("selector: {app: web}, ports", "selector: {app: wep}, ports"));
    await sees("#command", "curl http://web/");
    await sees(".answer", "Refused");
  }],
  ["a typing error is mended in the answer", async () => {
    await click(".answer .problem-fix");
    await sees(".answer", "Delivered");
    await sees(".answer", "one of 2 pods");
  }],
  ["a name that is not there is told with the names that were tried", async () => {
    await ask("default/client", "curl http://wep/");
    await sees(".answer", "Name not found");
    await ask("default/client", "curl http://web/");
    await sees(".answer", "Delivered");
  }],
  ["more replicas by the menu of a pod", async () => {
    await click('.map-spot[aria-haspopup="menu"][data-lit] .map-title');
    await click(".map-stepper button", "One more replica");
    await click(".map-stepper button", "One more replica");
    await sees(".answer", "one of 4 pods");
    await keys(".map-stepper button", KEYS.Escape);
    await sees(".cm-content", "replicas: 4");
  }],
  ["a pod is deleted, and that is taken back", async () => {
    await click('.map-spot[aria-haspopup="menu"][data-lit] .map-title');
    await click(".map-menu [role=menuitem]", "Delete");
    await sees(".cm-content", "deleted: true");
    await click(".notice button", "Undo");
    await until("no word of it", () => inPage(() => !document.querySelector(".cm-content").textContent.includes("deleted: true")));
  }],
  ["a hundred requests are tallied", async () => {
    await opens("pods");
    await click(".question-send button", "×100");
    await sees(".landings-told", "100 requests sent");
  }],
  ["under another mode of kube-proxy", async () => {
    await opens("what-if");
    await inPage(() => {
      const mode = document.querySelectorAll(".what-if select")[2];
      mode.value = "ipvs";
      mode.dispatchEvent(new Event("change", { bubbles: true }));
    });
    await sees(".what-if [role=status]", "Delivered");
  }],
  ["every entrance is tried", async () => {
    await opens("entrances");
    await sees(".entrance", "curl http://web/");
  }],
  ["the console runs what posts print", async () => {
    await opens("console");
    await fill(".console-input", "kubectl run --rm -it t --image=busybox -- nslookup web");
    await keys(".console-input", KEYS.Enter);
    await sees(".console-entry", "web.default.svc.cluster.local");
  }],
  ["a link carries it, and code embeds it", async () => {
    await click(".tools > .labelled[aria-haspopup=dialog]");
    await sees(".share input", "#w1.");
    await sees(".share textarea, .share input", "#embed=w1.");
    await click(".share button", "Close");
  }],
  ["an example is found by a word", async () => {
    await click(".gallery-open");
    await fill(".gallery input[type=search]", "nodeport");
    await keys(".gallery input[type=search]", KEYS.Enter);
    await sees(".guide", "NodePort");
    await sees(".answer", "Delivered");
  }],
  ["New is empty, and begins with something small", async () => {
    await click(".tools button", "New");
    await sees(".empty", "Paste your manifests");
    await click(".empty button", "with an Ingress");
    await sees("#command", "curl http://web.example.com/");
    await sees(".answer", "Delivered");
  }],
  ["a reload loses nothing", async () => {
    await until("it is kept", () => inPage(() => location.hash.startsWith("#w1.")));
    await driver("POST", "/refresh");
    await sees(".cm-content", "kind: Deployment");
    await sees("#command", "curl http://web.example.com/");
    await sees(".answer", "Delivered");
  }],
];

const programs = [
  spawn("node", ["serve.mjs", String(SITE)], { stdio: "inherit" }),
  spawn(process.env.GECKODRIVER ?? "geckodriver", ["--port", String(DRIVER), "--log", "error"], { stdio: "inherit" }),
];
const [start, failed] = [Date.now(), []];
try {
  await until("geckodriver", async () => (await fetch(`http://127.0.0.1:${DRIVER}/status`)).ok);
  const firefox = { binary: process.env.FIREFOX, args: ["-headless", "--width=1440", "--height=900"], prefs: { "intl.accept_languages": "en-GB", "dom.events.testing.asyncClipboard": true } };
  const { sessionId } = await driver("POST", "", { capabilities: { alwaysMatch: { "moz:firefoxOptions": firefox } } });
  session = `/${sessionId}`;
  for (const [name, journey] of JOURNEYS) {
    const began = Date.now();
    const problem = await journey().then(() => null, (error) => error);
    console.log(`  ${problem ? "✘" : "✓"}  ${name} (${Date.now() - began} ms)${problem ? `\n     ${problem.message}` : ""}`);
    if (problem) failed.push(name);
  }
  await driver("DELETE", "");
} finally {
  for (const program of programs) {
    program.kill();
    await once(program, "exit");
  }
}
if (failed.length) console.log(`  ${failed.length} failed`);
console.log(`  ${JOURNEYS.length - failed.length} passed (${((Date.now() - start) / 1000).toFixed(1)}s)`);
process.exitCode = failed.length ? 1 : 0;
