// Light and dark, both languages, wide and narrow: readable for everybody.

import { expect, test } from "@playwright/test";
import { answer, command, expectAccessible, expectNoSidewaysScroll, manifests, open } from "./page";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390, 360]) {
    test(`${colorScheme}, ${width} pixels wide: axe finds nothing, nothing hangs over the side`, async ({ browser }) => {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 }, locale: "en-GB" });
      const page = await context.newPage();
      await open(page);
      await expect(answer(page)).toContainText("Delivered");
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
      await context.close();
    });
  }
}

test("axe finds nothing while something is wrong", async ({ page }) => {
  await open(page);
  await command(page).fill("curl --no-such-option");
  await manifests(page).fill("kind: Service\nmetadata: [\n");
  await expect(page.getByRole("list", { name: "Problems" }).getByRole("listitem").first()).toBeVisible();
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expectAccessible(page);
  await manifests(page).fill("");
  await expect(page.getByRole("heading", { name: "Paste your manifests" })).toBeVisible();
  await expectAccessible(page);
});

test("the colours can be chosen, and are kept", async ({ page }) => {
  await open(page);
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("combobox", { name: "Colours" }).selectOption("dark");
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
  await expect(page.getByRole("list", { name: "たどった道" })).toContainText("Ingress");
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
