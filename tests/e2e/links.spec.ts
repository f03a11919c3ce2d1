// Links to examples, and examples as parts of other pages.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, expectNoSidewaysScroll, manifests, open } from "./page";

test("a link opens an example", async ({ page }) => {
  await open(page, "./#example=nodeport");
  await expect(page.getByRole("combobox", { name: "Examples" })).toHaveValue("nodeport");
  await expect(answer(page)).toContainText("Delivered");
});

test("what a link replaces comes back", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  // Kept, and left.
  await expect(page).toHaveURL(/#./);
  await page.goto("about:blank");
  await open(page, "./#example=nodeport");
  await expect(command(page)).not.toHaveValue("curl http://web/");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(command(page)).toHaveValue("curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
});

test("a link to no example says so", async ({ page }) => {
  await open(page, "./#example=nothing");
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(answer(page)).toContainText("Delivered");
});

test("an example can be a part of another page", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Copy code to embed it" }).click();
  await expect(page.getByRole("alert")).toContainText("copied");
  const code = await page.evaluate(() => navigator.clipboard.readText());
  const address = /src="([^"]+)"/.exec(code)?.[1] ?? "";
  expect(address).toContain("#embed=shop");

  await page.goto("about:blank");
  for (const width of [1000, 360]) {
    await page.setViewportSize({ width, height: 720 });
    await open(page, address);
    await expect(page.getByRole("banner")).toHaveCount(0);
    await command(page).fill("curl http://shop.example.com/");
    await expect(answer(page)).toContainText("front-");
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  // Nothing of it is kept.
  await page.goto("about:blank");
  await open(page);
  await expect(command(page)).toHaveValue("curl http://shop.example.com/cart");
  await expect(manifests(page)).toBeVisible();
});
