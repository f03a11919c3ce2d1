// What belongs to the user: workspaces under their names, files to take away, and what happens when something fails.

import { readFile } from "node:fs/promises";
import { type Page, expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, manifests, open } from "./page";

const chosen = (page: Page) => page.getByRole("combobox", { name: "Workspace" });
const box = (page: Page) => page.locator(".workspaces");

/** The first text of the workspace that everybody begins with, as the browser keeps it; empty if there is none. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await settled(indexedDB.open("whichpod", 1));
    const record = await settled<[string, string][] | undefined>(database.transaction("kept").objectStore("kept").get("workspace"));
    database.close();
    return record?.[0]?.[1] ?? "";
  });

async function unfold(page: Page) {
  await box(page).locator("summary").click();
  await expect(chosen(page)).toBeVisible();
}

async function create(page: Page, name: string) {
  await box(page).getByRole("textbox", { name: "Name" }).fill(name);
  await box(page).getByRole("button", { name: "Create" }).click();
  await expect(box(page).locator("summary")).toHaveText(`Workspace: ${name}`);
}

test("workspaces are created, switched, renamed, deleted and brought back, and kept between visits", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await unfold(page);
  await create(page, "second");
  await expect(page.getByRole("heading", { name: "Paste your manifests" })).toBeVisible();
  await manifests(page).fill("# of the second\n");
  await expectAccessible(page);
  await chosen(page).selectOption({ label: "My manifests" });
  await expect(manifests(page)).toContainText("name: web-1");
  await expect(command(page)).toHaveValue("curl http://web/");
  await chosen(page).selectOption("second");
  await expect(manifests(page)).toContainText("# of the second");
  await box(page).getByRole("textbox", { name: "Name" }).fill("other");
  await box(page).getByRole("button", { name: "Rename" }).click();
  await expect(box(page).locator("summary")).toHaveText("Workspace: other");
  await page.reload();
  await expect(manifests(page)).toContainText("# of the second");
  await expect(box(page).locator("summary")).toHaveText("Workspace: other");
  await unfold(page);
  await box(page).getByRole("button", { name: "Delete" }).click();
  await expect(manifests(page)).toContainText("name: web-1");
  await expect(chosen(page).getByRole("option", { name: "other" })).toHaveCount(0);
  await page.getByRole("alert").getByRole("button", { name: "Undo" }).click();
  await expect(manifests(page)).toContainText("# of the second");
  await expect(box(page).locator("summary")).toHaveText("Workspace: other");
});

test("a workspace goes into a file and comes back from it; another file is refused", async ({ page, browser }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await unfold(page);
  const downloaded = page.waitForEvent("download");
  await box(page).getByRole("button", { name: "Export" }).click();
  const download = await downloaded;
  expect(download.suggestedFilename()).toBe("manifests.whichpod.json");
  const file = { name: "mine.whichpod.json", mimeType: "application/json", buffer: await readFile(await download.path()) };
  const elsewhere = await (await browser.newContext({ locale: "en-GB" })).newPage();
  await open(elsewhere);
  await unfold(elsewhere);
  await box(elsewhere).locator("input[type=file]").setInputFiles(file);
  await expect(box(elsewhere).locator("summary")).toHaveText("Workspace: mine");
  await expect(answer(elsewhere)).toContainText("default/web-1");
  await box(elsewhere).locator("input[type=file]").setInputFiles({ ...file, buffer: Buffer.from("kind: Pod") });
  await expect(elsewhere.getByRole("alert")).toContainText("isn't a workspace");
  await elsewhere.context().close();
});

test("long texts are kept by a worker, in turn with short ones", async ({ page }) => {
  await open(page);
  await manifests(page).fill(`${MANIFESTS}---\n# ${"x".repeat(300 * 1024)} 終\n`);
  await expect.poll(() => kept(page)).toContain("x 終");
  expect(page.workers()).toHaveLength(2);
  await page.reload();
  await expect(page.getByText("3 objects")).toBeVisible();
  expect(await kept(page)).toContain("x 終");
  await manifests(page).fill(MANIFESTS);
  await expect.poll(() => kept(page)).toBe(MANIFESTS);
  const last = await page.evaluate(async () => {
    const scripts = performance.getEntriesByType("resource").map(({ name }) => name);
    const storage = await import(scripts.find((name) => name.endsWith("/js/storage.js")) ?? "");
    const long = () => new TextEncoder().encode("x".repeat(5_000_000));
    await Promise.all([storage.save("test", [["a", long()]]), storage.save("test", [["a", long()]]), storage.save("test", [["a", "short"]])]);
    return storage.load("test");
  });
  expect(last).toEqual([["a", "short"]]);
});

test("full storage is told, and nothing is lost", async ({ page }) => {
  await page.addInitScript(() => {
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
  });
  await open(page);
  await manifests(page).fill(MANIFESTS);
  await expect(page.getByRole("alert")).toContainText("does not let the page store anything");
  await unfold(page);
  await box(page).getByRole("textbox", { name: "Name" }).fill("second");
  await box(page).getByRole("button", { name: "Create" }).click();
  await expect(manifests(page)).toContainText("name: web-1");
  await expect(box(page).locator("summary")).toHaveText("Workspace: My manifests");
});

test("refused storage leaves a page that works", async ({ page }) => {
  await page.addInitScript(() => {
    indexedDB.open = () => {
      throw new DOMException("refused", "SecurityError");
    };
  });
  await open(page);
  await manifests(page).fill(MANIFESTS);
  await expect(page.getByRole("alert")).toContainText("does not let the page store anything");
  await expect(page.getByText("3 objects")).toBeVisible();
});

test("a worker that dies on a question is replaced, says so, and the question is answered", async ({ page }) => {
  await page.addInitScript(() => {
    // The first worker dies of its first question, as a program does that has trapped.
    const post = Worker.prototype.postMessage;
    let dead = false;
    Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]) {
      if (dead) return Reflect.apply(post, this, message);
      dead = true;
      setTimeout(() => this.dispatchEvent(new ErrorEvent("error", { message: "trapped" })));
    };
  });
  await open(page);
  await expect(page.getByRole("alert")).toContainText("was started again");
  await expect(answer(page)).toContainText("Delivered");
  await expectAccessible(page);
});

for (const feature of ["WebAssembly", "Worker"]) {
  test(`a browser without ${feature} is told so, in both languages`, async ({ page }) => {
    await page.addInitScript((name) => Reflect.deleteProperty(window, name), feature);
    await page.goto("./");
    await expect(page.getByRole("alert")).toContainText(`lacks what the page needs, or blocks it: ${feature}`);
    await expect(page.locator("[lang=ja]")).toContainText(feature);
    await expectAccessible(page);
  });
}

test("a page whose program does not arrive says so", async ({ page }) => {
  await page.route(/whichpod-page.*\.wasm$/, (route) => route.abort());
  await page.goto("./");
  await expect(page.getByRole("alert")).toContainText("could not be loaded");
});

test("a workspace that another tab has open is kept by that one, and taken over when it is closed", async ({ page, context }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await expect.poll(() => kept(page)).toContain("name: web-1");
  const second = await context.newPage();
  await open(second);
  await expect(manifests(second)).toContainText("name: web-1");
  await expect(second.getByRole("alert")).toHaveCount(0);
  await manifests(second).fill(MANIFESTS.replaceAll("web-1", "web-2"));
  await expect(second.getByRole("alert")).toContainText("Another tab has this workspace open");
  await expectAccessible(second);
  await expect(answer(second)).toContainText("default/web-2");
  const before = new URL(page.url()).hash;
  await manifests(page).fill(MANIFESTS.replaceAll("web-1", "web-3"));
  await expect.poll(() => kept(page)).toContain("name: web-3");
  await expect.poll(() => new URL(page.url()).hash).not.toBe(before);
  await page.reload();
  await expect(manifests(page)).toContainText("name: web-3");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.close();
  await expect(second.getByRole("alert")).toHaveCount(0);
  await expect.poll(() => kept(second)).toContain("name: web-2");
});
