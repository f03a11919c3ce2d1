// The book in dist/docs: two languages, a search that finds Japanese words, and no word to anybody else. `cargo xtask docs` makes it before.

import { expect, test } from "@playwright/test";

test("a page leads to the same page in the other language", async ({ page }) => {
  await page.goto("./docs/en/guides/default-deny.html");
  await expect(page.getByRole("heading", { level: 1, name: "Default deny that keeps DNS" })).toBeVisible();
  await page.getByRole("link", { name: "日本語" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "DNS を残す default deny" })).toBeVisible();
  await page.getByRole("link", { name: "English" }).click();
  await expect(page).toHaveURL(/\/en\/guides\/default-deny\.html$/);
});

for (const [language, words, heading] of [
  ["en", "source node port", "The source address"],
  ["ja", "送信元", "送信元アドレス"],
]) {
  test(`the search finds words (${language}), and asks nobody else`, async ({ page, baseURL }) => {
    const elsewhere: string[] = [];
    page.on("request", (request) => request.url().startsWith(baseURL!) || elsewhere.push(request.url()));
    await page.goto(`./docs/${language}/index.html`);
    await page.keyboard.press("/");
    await page.keyboard.type(words);
    const found = page.locator(".book-tools ol");
    await found.getByRole("link", { name: heading }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
    expect(elsewhere).toEqual([]);
  });
}
