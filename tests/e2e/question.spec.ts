// Asking: completion, history, and requests that are sent many at once.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, crowd, expectAccessible, from, landings, open, showPods } from "./page";

const THREE = crowd(2);

const told = (page: import("@playwright/test").Page) => page.getByRole("status", { name: "Tally" });

async function counts(page: import("@playwright/test").Page) {
  const texts = await page.locator(".landing-count").allTextContents();
  return texts.map((text) => text.split(" of ").map(Number));
}

test("a word that stands for an entrance is explained", async ({ page }) => {
  await open(page, "./#example=wildcard");
  const hint = page.getByText("INGRESS and GATEWAY(name) stand for");
  await expect(hint).toBeVisible();
  await command(page).fill("curl http://service1/");
  await expect(hint).toHaveCount(0);
});

test("ten and a hundred requests are tallied beside the exact shares, and the same each time", async ({ page }) => {
  await open(page);
  await ask(page, THREE, "pod/default/other", "curl http://web/");
  await showPods(page);
  await expect(landings(page).getByRole("listitem")).toHaveCount(3);
  await page.getByRole("button", { name: "×10 requests" }).click();
  // They come one by one: some are there before all are.
  await expect(page.locator(".landing-count").first()).toContainText(/of [1-9]$/);
  await expect(told(page)).toContainText("10 requests sent:");
  expect((await counts(page)).reduce((sum, [count]) => sum + count, 0)).toBe(10);
  await expect(landings(page)).toContainText("33.3 %");
  await page.getByRole("button", { name: "×100 requests" }).click();
  await expect(told(page)).toContainText("100 requests sent:");
  const hundred = await counts(page);
  expect(hundred.reduce((sum, [count]) => sum + count, 0)).toBe(100);
  for (const [count] of hundred) expect(count).toBeGreaterThan(15);
  await expectAccessible(page);
});

test("one connection stays with one pod", async ({ page }) => {
  await open(page);
  await ask(page, THREE, "pod/default/other", "curl http://web/");
  await showPods(page);
  await page.getByRole("button", { name: /on one connection/ }).click();
  await page.getByRole("button", { name: "×10 requests" }).click();
  await expect(told(page)).toContainText("10 requests sent:");
  expect((await counts(page)).map(([count]) => count).sort()).toEqual([0, 0, 10]);
});

test("affinity keeps connections of their own with one pod", async ({ page }) => {
  await open(page);
  await showPods(page);
  await ask(page, THREE.replace("  ports:", "  sessionAffinity: ClientIP\n  ports:"), "pod/default/other", "curl http://web/");
  await page.getByRole("button", { name: "×10 requests" }).click();
  await expect(told(page)).toContainText("10 requests sent:");
  expect((await counts(page)).map(([count]) => count).sort()).toEqual([0, 0, 10]);
});

test("with less motion all arrive at once, and another question forgets them", async ({ browser }) => {
  const context = await browser.newContext({ reducedMotion: "reduce", locale: "en-GB" });
  const page = await context.newPage();
  await open(page);
  await ask(page, THREE, "pod/default/other", "curl http://web/");
  await showPods(page);
  await page.getByRole("button", { name: "×100 requests" }).click();
  await expect(told(page)).toContainText("100 requests sent:");
  await command(page).fill("curl http://web:80/");
  await expect(page.locator(".landing-count")).toHaveCount(0);
  await context.close();
});

test("a command is completed from the manifests, by keyboard and by mouse", async ({ page }) => {
  await open(page);
  await command(page).fill("curl shop");
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await expect(options.first()).toContainText("http://shop.example.com/");
  await expect(command(page)).toHaveAttribute("aria-controls", "command-list");
  await expectAccessible(page);
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(command(page)).toHaveValue("curl http://shop.example.com/");
  await expect(options).toHaveCount(0);
  await expect(answer(page)).toContainText("default/front");
  await command(page).fill("curl http://shop.example.com/c");
  await options.filter({ hasText: "/cart" }).click();
  await expect(command(page)).toHaveValue("curl http://shop.example.com/cart");
  await command(page).fill("ns");
  await expect(options).toHaveText(["nslookup"]);
  await page.keyboard.press("Escape");
  await expect(options).toHaveCount(0);
});

test("names and ports are offered as the client may write them", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await command(page).fill("nslookup w");
  await expect(options.first()).toContainText("web");
  await expect(options.first()).toContainText("service default/web");
  await command(page).fill("nc -zv web ");
  await expect(options).toHaveCount(1);
  await expect(options.first()).toContainText("80");
});

test("the arrows bring earlier questions back, and a reload keeps them", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await command(page).fill("nslookup web");
  await command(page).press("Enter");
  await expect(answer(page)).toContainText("Name found");
  await command(page).fill("half");
  await page.keyboard.press("ArrowUp");
  await expect(command(page)).toHaveValue("nslookup web");
  await page.keyboard.press("ArrowUp");
  await expect(command(page)).toHaveValue("curl http://web/");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(command(page)).toHaveValue("half");
  await page.reload();
  await page.getByText("History").click();
  const list = page.getByRole("list", { name: "History" });
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expectAccessible(page);
  await list.getByRole("button", { name: /curl/ }).click();
  await expect(command(page)).toHaveValue("curl http://web/");
  await expect(from(page)).toHaveValue("default/other");
  await expect(list).toBeHidden();
  await page.getByText("History").click();
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
  await page.getByText("History").click();
  await page.getByRole("button", { name: "Forget these" }).click();
  await expect(list).toHaveCount(0);
});

test("who asks is found by a part of the name", async ({ page }) => {
  await open(page);
  await ask(page, crowd(50), "pod/default/other", "curl http://web/");
  await from(page).click();
  await from(page).fill("deployment");
  const options = page.getByRole("listbox", { name: "From" }).getByRole("option");
  await expect(options.first()).toContainText("default/more-");
  await expectAccessible(page);
  await from(page).fill("web-1");
  await expect(options.first()).toContainText("default/web-1");
  await page.keyboard.press("Enter");
  await expect(from(page)).toHaveValue("default/web-1");
  await from(page).click();
  await from(page).fill("nobody");
  await expect(options).toHaveText("Nobody of this name.");
  await page.keyboard.press("Escape");
  await expect(from(page)).toHaveValue("default/web-1");
});
