// Without a network after the first visit: dist/ with the service worker of `cargo xtask offline`.

import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { answer, command, open, openExample } from "./page";
import type { Page } from "@playwright/test";

const WORKER = fileURLToPath(new URL("../../dist/sw.js", import.meta.url));
/** What the build wrote, which the journey of a newer version changes for a while. */
let written = "";

test.describe.configure({ mode: "serial" });
test.beforeAll(() => { written = readFileSync(WORKER, "utf8"); });
test.afterAll(() => writeFileSync(WORKER, written));

test.use({ serviceWorkers: "allow" });

/** A visit after which the browser keeps the site. */
async function visit(page: Page) {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await page.evaluate(async () => { await navigator.serviceWorker.ready; });
}

test("after the first visit the page opens and answers without a network", async ({ page, context }) => {
  await visit(page);
  await context.setOffline(true);
  await page.reload();
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl http://shop.example.com/");
  await expect(answer(page)).toContainText("default/front");
  await openExample(page, "no-endpoints");
  await expect(answer(page)).toContainText("Refused");
});

test("a newer version is told, also to a later visit, and used once it is wanted", async ({ page }) => {
  await visit(page);
  await page.reload();
  await expect(answer(page)).toContainText("Delivered");
  await expect.poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
  // The next build: one file has another hash.
  writeFileSync(WORKER, written.replace(/(\["icon[^"]*", ")[0-9a-f]{4}/, (_, row) => row + randomBytes(2).toString("hex")));
  await page.evaluate(async () => { await (await navigator.serviceWorker.getRegistration())?.update(); });
  await expect(page.getByRole("alert")).toContainText("new version");
  await page.reload();
  await expect(answer(page)).toContainText("Delivered");
  const kept = () => page.evaluate(() => caches.keys().then((names) => names.length));
  expect(await kept()).toBe(2);
  const now = page.getByRole("alert").getByRole("button", { name: "Use it now" });
  // Chromium gives up taking over when a request arrives meanwhile; the button stays for that.
  await expect(async () => {
    if (await now.isVisible()) await now.click();
    await expect.poll(kept, { timeout: 2_000 }).toBe(1);
  }).toPass();
  await expect(now).toBeHidden();
  await expect(answer(page)).toContainText("Delivered");
});
