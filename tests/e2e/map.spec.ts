// The map: what can be done to the cluster there, and that it stays readable.

import { type Page, expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, crowd, expectAccessible, expectNoSidewaysScroll, landings, manifests, open, showPods, showTab } from "./page";

const map = (page: Page) => page.getByRole("region", { name: "Map" });
const pod = (page: Page, name: string | RegExp) => map(page).getByRole("button", { name });
const item = (page: Page, name: string) => page.getByRole("menu").getByRole("menuitem", { name });
const undo = (page: Page) => page.getByRole("alert").getByRole("button", { name: "Undo" });
const rows = (page: Page) => landings(page).getByRole("listitem");

async function start(page: Page, replicas = 2) {
  await open(page);
  await ask(page, crowd(replicas), "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("Delivered");
  await expect(answer(page)).toContainText(replicas === 2 ? "3" : "");
  await showPods(page);
}

test("a pod is made unready, terminated and deleted, in the World document, and all of it can be undone", async ({ page }) => {
  await start(page);
  await expect(rows(page)).toHaveCount(3);
  await pod(page, /^web-1,/).click();
  await expectAccessible(page);
  await item(page, "Make unready").click();
  await expect(rows(page)).toHaveCount(2);
  await expect(manifests(page)).toContainText(/default\/web-1:\s*ready: false/);
  await expect(page.getByRole("alert")).toContainText("default/web-1 is now not ready");
  await expectAccessible(page);
  await pod(page, /^web-1,/).click();
  await item(page, "Make ready").click();
  await expect(rows(page)).toHaveCount(3);
  await pod(page, /^web-1,/).click();
  await item(page, "Start terminating").click();
  await expect(rows(page)).toHaveCount(2);
  await expect(pod(page, /^web-1, terminating/)).toBeVisible();
  await pod(page, /^web-1,/).click();
  await item(page, "Delete").click();
  await expect(pod(page, /^web-1,/)).toHaveCount(0);
  await undo(page).click();
  await expect(pod(page, /^web-1, terminating/)).toBeVisible();
  await undo(page).click();
  await expect(rows(page)).toHaveCount(3);
  await undo(page).click();
  await expect(rows(page)).toHaveCount(2);
  await undo(page).click();
  await expect(rows(page)).toHaveCount(3);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(manifests(page)).not.toContainText("World");
});

test("a workload is scaled by keyboard, and a deleted pod of it is made again", async ({ page }) => {
  await start(page);
  await pod(page, /^more-/).first().focus();
  await page.keyboard.press("Enter");
  await expect(item(page, "Make unready")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("menu").getByRole("menuitem").last()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(pod(page, /^more-/).first()).toBeFocused();
  await page.keyboard.press("Enter");
  const up = item(page, "One more replica");
  while (!(await up.evaluate((element) => element === document.activeElement))) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menu").locator(".map-replicas")).toHaveText("3");
  await expect(rows(page)).toHaveCount(4);
  // The menu stays for the next press; its pod may be gone by then.
  await expect(up).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(manifests(page)).toContainText("replicas: 3");
  const name = (await pod(page, /^more-/).first().getAttribute("data-spot")) ?? "";
  expect(name).not.toBe("");
  await pod(page, /^more-/).first().click();
  await item(page, "Delete").click();
  await expect(manifests(page)).toContainText("deleted: true");
  await expect(rows(page)).toHaveCount(4);
  await page.getByRole("button", { name: "Undo the last change" }).click();
  await expect(manifests(page)).not.toContainText("deleted: true");
});

test("three hundred pods are grouped, opened and grouped again; the picture zooms", async ({ page }) => {
  await start(page, 300);
  await expect(map(page)).toContainText("×100 pods");
  expect(await map(page).locator(".map-spot").count()).toBeLessThan(20);
  await expectAccessible(page);
  await map(page).locator(".map-spot[data-crowd]").first().click();
  await item(page, "Show each pod").click();
  await expect(map(page).locator(".map-spot")).not.toHaveCount(0);
  await expect.poll(() => map(page).locator(".map-spot").count()).toBeGreaterThan(100);
  const width = async () => (await map(page).locator("svg").boundingBox())?.width ?? 0;
  const fitted = await width();
  await page.getByRole("button", { name: "Larger" }).click();
  await expect.poll(width).toBeGreaterThan(fitted * 1.1);
  await page.getByRole("button", { name: "Fit" }).click();
  await expect.poll(async () => Math.abs((await width()) - fitted)).toBeLessThan(2);
  await page.getByRole("button", { name: "Group the pods again" }).click();
  await expect(map(page)).toContainText("×100 pods");
  await expectNoSidewaysScroll(page);
});

test("what was not taken is shown on demand, with the reason", async ({ page }) => {
  await start(page);
  const rest = page.getByRole("button", { name: "Show all" });
  await expect(rest).toHaveAttribute("aria-pressed", "true");
  await expect(map(page)).toContainText("other");
  await rest.click();
  await expect(pod(page, /^other,.*app=web/)).toHaveCount(0);
  await rest.click();
  await expect(pod(page, /^other,.*app=web/)).toBeVisible();
});

test("packets move when requests are sent, and not for those who want less motion", async ({ page, browser }) => {
  await start(page);
  await page.getByRole("button", { name: "×10 requests" }).click();
  await expect(map(page).locator(".packet")).toHaveCount(10);
  await expectAccessible(page);
  const context = await browser.newContext({ reducedMotion: "reduce", locale: "en-GB" });
  const still = await context.newPage();
  await start(still);
  await still.getByRole("button", { name: "×10 requests" }).click();
  await expect(still.getByRole("status", { name: "Tally" })).toContainText("10 requests sent");
  await expect(map(still).locator(".packet")).toHaveCount(0);
  await context.close();
});

test("the paths stand there as text, and the colours have a legend", async ({ page }) => {
  await start(page);
  await page.getByText("The path as text").click();
  const paths = page.getByRole("list", { name: "The path as text" }).getByRole("listitem");
  await expect(paths).toHaveCount(3);
  await expect(paths.first()).toHaveText(/^other → web → .*: 33.3 % Delivered$/);
  await page.getByText("What the colours mean").click();
  await expect(page.getByRole("list", { name: "What the colours mean" })).toContainText("Answered by a proxy");
  await expectAccessible(page);
});

test("on a phone nothing is cut off, with three and with three hundred pods", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, locale: "en-GB" });
  const page = await context.newPage();
  for (const replicas of [2, 299]) {
    await open(page);
    await showTab(page, "YAML");
    await ask(page, crowd(replicas), "pod/default/other", "curl http://web/");
    await showTab(page, "Answer");
    await expect(rows(page)).not.toHaveCount(1);
    await expectNoSidewaysScroll(page);
    await showTab(page, "Map");
    await map(page).locator('.map-spot[aria-haspopup="menu"]').last().click();
    await expect(page.getByRole("menu")).toBeInViewport();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  await context.close();
});
