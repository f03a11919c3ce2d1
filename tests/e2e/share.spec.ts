// What can be taken away: the walk, the map, the case as a routing test, all files as one.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, expectAccessible, expectNoSidewaysScroll, open } from "./page";
import type { Page } from "@playwright/test";

/** The command line; `cargo xtask build` runs it for the page that says what is modelled, so it is there. */
const TARGET = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("../../target", import.meta.url));
const WHICHPOD = `${TARGET}/debug/whichpod`;

const button = (page: Page) => page.getByRole("button", { name: "Export" });
const item = (page: Page, name: string) => page.getByRole("menu").getByRole("menuitem", { name });

async function answered(page: Page) {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
}

/** Takes an entry that is saved as a file. */
async function saved(page: Page, name: string) {
  await button(page).click();
  const [file] = await Promise.all([page.waitForEvent("download"), item(page, name).click()]);
  return { name: file.suggestedFilename(), path: await file.path(), bytes: readFileSync(await file.path()) };
}

test("the walk is copied as Markdown", async ({ page }) => {
  await answered(page);
  await button(page).click();
  await item(page, "Walk as Markdown").click();
  await expect(page.getByRole("alert")).toContainText("copied");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain("`curl http://web/` (From pod/default/other)");
  expect(text).toMatch(/^\*\*Delivered\*\* .*default\/web-1/m);
  expect(text).toMatch(/^1\. /m);
  expect(text).toContain("   - Because: ");
});

test("the map is saved as a picture that needs no style sheet", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => message.text().includes("Content Security Policy") && complaints.push(message.text()));
  await answered(page);
  const svg = await saved(page, "Map as SVG");
  expect(svg.name).toBe("whichpod-map.svg");
  const text = svg.bytes.toString();
  expect(text).toContain("web-1");
  expect(text).not.toMatch(/class=|style=|data-/);
  expect(text).toMatch(/<rect[^>]* fill="rgb/);
  const png = await saved(page, "Map as PNG");
  expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(png.bytes.readUInt32BE(16)).toBeGreaterThan(300);
  expect(complaints).toEqual([]);
});

test("the case is saved as a routing test that the command line accepts", async ({ page }) => {
  await answered(page);
  const { name, path, bytes } = await saved(page, "Routing test");
  expect(name).toBe("whichpod-test.yaml");
  expect(bytes.toString()).toContain('pods: ["default/web-1"]');
  expect(execFileSync(WHICHPOD, ["test", path]).toString()).toContain("1 passed, 0 failed");
});

test("all files are saved as one", async ({ page }) => {
  await answered(page);
  expect((await saved(page, "Manifests as one file")).bytes.toString()).toBe(MANIFESTS);
});

test("the menu is gone through by keyboard", async ({ page }) => {
  await answered(page);
  await button(page).focus();
  await page.keyboard.press("Enter");
  await expect(item(page, "Walk as Markdown")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(item(page, "Map as SVG")).toBeFocused();
  await page.keyboard.press("End");
  await expect(item(page, "Manifests as one file")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(item(page, "Walk as Markdown")).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await expect(button(page)).toBeFocused();
});

test("the menu is whole at 360 pixels", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await open(page);
  await button(page).click();
  await expect(page.getByRole("menu")).toBeInViewport({ ratio: 1 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
