// Colours and language: chosen without a reload, and kept. What each state looks like is for states.spec.ts.

import { expect, test } from "@playwright/test";
import { answer, expectAccessible, open } from "./page";

test("the colours can be chosen, and are kept", async ({ page }) => {
  await open(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const colours = page.getByRole("button", { name: /^Colours/ });
  await colours.click();
  await colours.click();
  await expect(colours).toHaveAccessibleName(/dark/i);
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await page.reload();
  await expect(answer(page)).toContainText("Delivered");
  expect(await background()).toBe(dark);
  await expectAccessible(page);
});

test("Japanese without a reload, and from then on", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await page.getByRole("button", { name: "日本語" }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(page.getByRole("status", { name: "答え" })).toContainText("到達");
  await expect(page.getByRole("list", { name: "経路の各段階" })).toContainText("ingress");
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "マニフェスト" })).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  await expect(answer(page)).toContainText("Delivered");
});

test("a Japanese browser is greeted in Japanese", async ({ browser }) => {
  const context = await browser.newContext({ locale: "ja-JP" });
  const page = await context.newPage();
  await open(page);
  await expect(page.getByRole("status", { name: "答え" })).toContainText("到達");
  await context.close();
});

test("the editor's own texts follow the language, even those of an open search", async ({ page }) => {
  await open(page);
  await page.locator(".cm-content").press("ControlOrMeta+f");
  const search = page.locator(".cm-search");
  await expect(search.getByRole("button", { name: "replace all" })).toBeVisible();
  await page.getByRole("button", { name: "日本語" }).click();
  await expect(search.getByRole("button", { name: "すべて置換" })).toBeVisible();
  await expect(search.getByRole("textbox", { name: "検索" })).toBeVisible();
  await page.getByRole("button", { name: "English" }).click();
  await expect(search.getByRole("textbox", { name: "Find" })).toBeVisible();
});
