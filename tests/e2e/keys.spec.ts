// The list of keyboard shortcuts: opened by a button or `?`, left by Escape.

import { type Page, expect, test } from "@playwright/test";
import { answer, command, expectAccessible, expectNoSidewaysScroll, manifests, open } from "./page";

const list = (page: Page, name = "Keyboard shortcuts") => page.getByRole("dialog", { name });

test("a button opens the list; the focus stays in it and comes back", async ({ page }) => {
  await open(page);
  const button = page.getByRole("button", { name: "Keyboard shortcuts" });
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(list(page)).toBeVisible();
  const inside = () => page.evaluate(() => document.activeElement === document.body || !!document.activeElement?.closest("dialog"));
  await expect(list(page).getByRole("button", { name: "Close" })).toBeFocused();
  for (let step = 0; step < 5; step++) {
    await page.keyboard.press("Tab");
    expect(await inside()).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(list(page)).toBeHidden();
  await expect(button).toBeFocused();
  await page.keyboard.press("Enter");
  await list(page).getByRole("button", { name: "Close" }).click();
  await expect(list(page)).toBeHidden();
  await expect(button).toBeFocused();
});

test("? opens it where nothing is typed, unless somebody does without", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl http://web/");
  await command(page).press("?");
  await expect(command(page)).toHaveValue("curl http://web/?");
  await manifests(page).fill("kind: Service");
  await manifests(page).press("?");
  await expect(manifests(page)).toContainText("?");
  await expect(list(page)).toBeHidden();

  const send = page.getByRole("button", { name: "Send" });
  await send.focus();
  await page.keyboard.press("?");
  await expect(list(page)).toBeVisible();
  await list(page).getByRole("checkbox", { name: "Open this list with ?" }).uncheck();
  await page.keyboard.press("Escape");
  await expect(send).toBeFocused();
  await page.reload();
  await expect(page.getByRole("button", { name: "Keyboard shortcuts" })).toBeVisible();
  await send.focus();
  await page.keyboard.press("?");
  await expect(list(page)).toBeHidden();
  await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
  await expect(list(page).getByRole("checkbox")).not.toBeChecked();
});

// What the list says of the question's field and of the tabs, done.
test("the keys do what the list says", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl ");
  await command(page).press("Escape");
  await expect(page.getByRole("listbox")).toBeHidden();
  await command(page).press("Alt+ArrowDown");
  await expect(page.getByRole("listbox")).toBeVisible();
  await command(page).press("Escape");
  await manifests(page).fill("kind: Service\nmetadata: 3\n");
  await expect(page.getByRole("list", { name: "Problems" }).getByRole("listitem").first()).toBeVisible();
  await manifests(page).press("Control+Shift+M");
  await expect(page.locator(".cm-panel-lint")).toBeVisible();
  await page.keyboard.press("Escape");
  await manifests(page).press("Control+Alt+g");
  await expect(page.locator(".cm-goto-line")).toBeVisible();
});

for (const [width, colorScheme, locale, name] of [
  [1440, "light", "en-GB", "Keyboard shortcuts"],
  [390, "dark", "ja-JP", "キーボードショートカット"],
  [360, "light", "ja-JP", "キーボードショートカット"],
] as const) {
  test(`the list at ${width} pixels (${colorScheme}, ${locale}): nothing is cut off, axe finds nothing`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, locale, colorScheme });
    const page = await context.newPage();
    await open(page);
    await page.locator(".brand").click();
    await page.keyboard.press("?");
    await expect(list(page, name)).toBeVisible();
    expect(await list(page, name).evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBeLessThanOrEqual(0);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await context.close();
  });
}
