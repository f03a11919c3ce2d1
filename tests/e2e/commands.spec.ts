// Every line that the project's own cases type, one after the other in one console: none is refused as not understood, and none keeps
// the next from running. What each prints is held natively (tests/tests/commands.rs, scenarios.rs).

import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { ask, open, showTab } from "./page";
import type { Page } from "@playwright/test";

const folder = new URL("../", import.meta.url);
const read = (path: string, base: URL = folder) => readFileSync(new URL(path, base), "utf8");

/** A line that is typed, and who types it. */
interface Typed {
  from: string;
  run: string;
  refused: boolean;
}

/** What a scalar of YAML says: between quotes of either kind, or bare. */
function scalar(text: string): string {
  if (text.startsWith('"')) return JSON.parse(text);
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return text.trim();
}

/** The value of a key in an entry: in a block, between braces, or as the lines below `|`. */
function value(entry: string, key: string): string | undefined {
  const block = new RegExp(`^( *)(?:- )?${key}: \\|\\n((?:\\1 +.*\\n|\\n)*)`, "m").exec(entry);
  if (block) return block[2].replaceAll(new RegExp(`^${block[1]}  `, "gm"), "");
  const quoted = new RegExp(`\\b${key}: ("(?:[^"\\\\]|\\\\.)*"|'(?:[^']|'')*')`).exec(entry);
  const bare = new RegExp(`^ *(?:- )?${key}: (.*)$`, "m").exec(entry) ?? new RegExp(`\\b${key}: ([^,}\\n]*)`).exec(entry);
  const found = quoted ?? bare;
  return found ? scalar(found[1]) : undefined;
}

/** The lines of a list's entries, in order. */
function typed(text: string, entries: RegExp): Typed[] {
  return text.split(entries).slice(1).flatMap((entry) => {
    const run = value(entry, "run");
    const refused = /^ *refused:/m.test(entry) || /\brefused: /.test(entry);
    return run === undefined ? [] : [{ from: value(entry, "from") ?? "external", run, refused }];
  });
}

// By classes: to find roles in a console of hundreds of entries takes longer than to answer.
const line = (page: Page) => page.locator(".console-input");
const entries = (page: Page) => page.locator(".console-entry");

/** What is said of a line that isn't understood. */
const UNKNOWN = /isn['’]t understood here|is not available here|shell syntax|is not supported here/;

/** Types a line and waits for what it prints. */
async function type(page: Page, { from, run, refused }: Typed) {
  const who = from.replace(/^pod\/([^/]+)$/, "pod/default/$1");
  const clients = page.locator(".console-client");
  const offered = await clients.locator(`option[value="${who}"]`).count();
  if (offered) await clients.selectOption(who);
  await line(page).fill(run);
  await line(page).press("Enter");
  // Looked at with every frame: `expect` looks again after a second.
  await page.waitForFunction(() => {
    const last = [...document.querySelectorAll(".console-entry")].at(-1);
    const line = document.querySelector<HTMLInputElement>(".console-input");
    return line?.value === "" && last?.querySelector(".console-exit") != null;
  });
  const last = entries(page).last();
  if (!refused && offered) expect.soft(await last.innerText(), run).not.toMatch(UNKNOWN);
}

async function openConsole(page: Page, texts: string) {
  await ask(page, texts, "external", "nslookup kubernetes.default");
  await showTab(page, "Console");
  await expect(line(page)).toBeVisible();
}

test("the lines of posts can be typed one after the other", async ({ page }) => {
  test.setTimeout(600_000);
  const text = read("cases/commands/posts.yaml");
  const shop = value(text, "shop") ?? "";
  const lines = typed(text, /^- (?=id: )/m);
  expect(lines.length).toBeGreaterThan(50);
  await open(page);
  await openConsole(page, shop);
  for (const one of lines) await type(page, one);
});

test("the commands of the scenarios can be typed one after the other", async ({ page }) => {
  test.setTimeout(1_200_000);
  await open(page);
  for (const name of readdirSync(new URL("scenarios/", folder)).sort()) {
    const text = read(`scenarios/${name}`);
    const file = /files: \[(\.\.\/\.\.\/static\/examples\/[^\],]+)\]/.exec(text);
    if (!file) continue;
    await openConsole(page, read(file[1], new URL("scenarios/", folder)));
    for (const one of typed(text, /^ {2}- /m)) await type(page, one);
  }
});
