// Faults around the page: damaged records and copies, another version's data, a network that goes away. Nothing typed is lost.

import { type Page, expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, manifests, open } from "./page";

const workspace = (page: Page) => page.locator(".workspaces summary");

/** Puts something into the browser's storage where a workspace should be. */
const damage = (page: Page, record: unknown) =>
  page.evaluate(async (record) => {
    const settled = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await settled(indexedDB.open("whichpod", 1));
    await settled(database.transaction("kept", "readwrite").objectStore("kept").put(record, "workspace"));
    database.close();
  }, record);

const record = (page: Page) =>
  page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const database = await settled(indexedDB.open("whichpod", 1));
    const found = await settled<unknown>(database.transaction("kept").objectStore("kept").get("workspace"));
    database.close();
    return found;
  });

/** The page with the user's own manifests, kept. */
async function openOwn(page: Page) {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await expect.poll(() => record(page).then((found) => JSON.stringify(found))).toContain("name: web-1");
}

for (const [what, damaged] of [
  ["half of a pair", [["file manifests.yaml"]]],
  ["no texts", [["from", "external"]]],
  ["bytes", [["file manifests.yaml", [1, 2, 3]]]],
  ["a text", "kind: Pod"],
  ["nothing known", { version: 9, files: {} }],
] as const) {
  test(`a record that is ${what} is told, left as it is, and another workspace keeps what is typed`, async ({ page }) => {
    await openOwn(page);
    await damage(page, damaged);
    await page.reload();
    await expect(page.getByRole("alert")).toContainText("can't be read, and nothing is written over it");
    await expect(workspace(page)).toHaveText("Workspace: My manifests 2");
    await expectAccessible(page);
    await manifests(page).fill(MANIFESTS.replaceAll("web-1", "web-2"));
    await expect(page.getByText("3 objects")).toBeVisible();
    await page.reload();
    await expect(manifests(page)).toContainText("name: web-2");
    await expect(workspace(page)).toHaveText("Workspace: My manifests 2");
    expect(await record(page)).toEqual(damaged);
    await workspace(page).click();
    await page.getByRole("combobox", { name: "Workspace" }).selectOption({ label: "My manifests" });
    await expect(page.getByRole("alert")).toContainText("can't be read");
    await expect(manifests(page)).toContainText("name: web-2");
  });
}

test("what an older version kept is opened, its unknown settings passed over", async ({ page }) => {
  await openOwn(page);
  await damage(page, [["file manifests.yaml", MANIFESTS.replaceAll("web-1", "web-9")], ["view", "list"], ["run", "curl http://web/"]]);
  await page.evaluate(() => {
    localStorage.setItem("whichpod.theme", "sepia");
    localStorage.setItem("whichpod.language", "??");
    localStorage.setItem("whichpod.edge-left", "NaN");
    localStorage.setItem("whichpod.edge-below", "900");
  });
  await page.goto("./");
  await page.reload();
  await expect(manifests(page)).toContainText("name: web-9");
  await expect(command(page)).toHaveValue("curl http://web/");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("storage of a later version is left alone, and the page works", async ({ page }) => {
  await openOwn(page);
  await page.goto("./renew.js");
  await page.evaluate(() => new Promise((resolve) => (indexedDB.open("whichpod", 2).onsuccess = resolve)));
  await page.goto("./");
  await manifests(page).fill(MANIFESTS.replaceAll("web-1", "web-4"));
  await expect(page.getByRole("alert")).toContainText("does not let the page store anything");
  await expect(page.getByText("3 objects")).toBeVisible();
});

test.describe("with the site kept for offline use", () => {
  test.use({ serviceWorkers: "allow" });

  for (const [what, path] of [
    ["page's program", "whichpod-page[^/]*\\.wasm"],
    ["page's script", "whichpod-page[^/]*\\.js"],
    ["simulator", "whichpod-worker[^/]*\\.wasm"],
    ["console's tools", "whichpod-console[^/]*\\.wasm"],
  ] as const) {
    test(`a damaged copy of the ${what} is replaced by the network's`, async ({ page }) => {
      await openOwn(page);
      await page.evaluate(async () => { await navigator.serviceWorker.ready; });
      const damaged = await page.evaluate(async (pattern) => {
        const [name = ""] = await caches.keys();
        const kept = await caches.open(name);
        const urls = (await kept.keys()).map(({ url }) => url).filter((url) => new RegExp(pattern).test(url));
        await Promise.all(urls.map((url) => kept.put(url, new Response("damaged", { headers: { "Content-Type": "application/wasm" } }))));
        return urls.length;
      }, path);
      expect(damaged).toBe(1);
      await page.reload();
      await expect(manifests(page)).toContainText("name: web-1");
      await expect(answer(page)).toContainText("default/web-1");
      await command(page).fill("kubectl get pods");
      await expect(answer(page)).toContainText("web-1");
    });
  }
});

test("without the simulator, what is typed is kept, and answered on the next visit", async ({ page }) => {
  await page.route(/whichpod-worker[^/]*\.wasm$/, (route) => route.abort("internetdisconnected"));
  await open(page);
  await manifests(page).fill(MANIFESTS);
  await expect(page.getByText("The simulator could not be loaded")).toBeVisible();
  await expectAccessible(page);
  await page.unroute(/whichpod-worker[^/]*\.wasm$/);
  await page.reload();
  await expect(manifests(page)).toContainText("name: web-1");
  await expect(page.getByText("3 objects")).toBeVisible();
});

test("without the console's tools, a command says so, and stays to be asked again", async ({ page }) => {
  await openOwn(page);
  await page.route(/whichpod-console[^/]*\.wasm$/, (route) => route.abort("internetdisconnected"));
  await command(page).fill("kubectl get pods");
  await expect(answer(page)).toContainText("could not be loaded");
  await expect(manifests(page)).toContainText("name: web-1");
  await page.unroute(/whichpod-console[^/]*\.wasm$/);
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(answer(page)).not.toContainText("could not be loaded");
  await expect(answer(page)).toContainText("web-1");
  await expect(command(page)).toHaveValue("kubectl get pods");
});
