// What is modelled: a page of its own in each language, made by `cargo xtask` from the simulator's tables.

import { expect, test } from "@playwright/test";
import { answer, expectAccessible, expectNoSidewaysScroll, open } from "./page";

test("the page leads there, in its language and its colours", async ({ page, context }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const colours = page.getByRole("button", { name: /^Colours/ });
  await colours.click();
  await colours.click();
  await expect(colours).toHaveAccessibleName(/dark/i);
  const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const opened = context.waitForEvent("page");
  await page.getByRole("link", { name: "What is modelled" }).click();
  const list = await opened;
  await expect(list.getByRole("heading", { level: 1, name: "What is modelled" })).toBeVisible();
  expect(await list.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(dark);
  await list.getByRole("link", { name: "日本語" }).click();
  await expect(list.getByRole("heading", { level: 1, name: "モデル化の範囲" })).toBeVisible();
  await list.getByRole("link", { name: "ドキュメント", exact: true }).click();
  await expect(list.getByRole("link", { name: /チュートリアル/ }).first()).toBeVisible();
  await list.goBack();
  await list.getByRole("link", { name: "whichpod に戻る" }).click();
  await expect(list.getByRole("heading", { name: "whichpod" })).toBeVisible();

  await page.getByRole("button", { name: "日本語" }).click();
  await expect(page.getByRole("link", { name: "モデル化の範囲" })).toHaveAttribute("href", /ja\.html$/);
});

test("it names what the simulator knows, and breaks nothing of its policy", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => message.text().includes("Content Security Policy") && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto("./modelled/index.html");
  await page.getByRole("navigation").getByRole("link", { name: "ingress-nginx", exact: true }).click();
  const nginx = page.getByRole("region", { name: "ingress-nginx", exact: true });
  await expect(nginx.getByRole("heading", { name: "ingress-nginx" })).toBeInViewport();
  await expect(nginx.getByText("rewrite-target", { exact: true })).toBeVisible();
  for (const [section, name] of [
    ["Versions", "Kubernetes 1.35"],
    ["Kinds and fields that are read", "externalTrafficPolicy"],
    ["DNS", "autopath"],
    ["Commands", "--connect-to"],
    ["Services and clusters", "nftables"],
  ]) {
    await expect(page.getByRole("region", { name: section }).getByText(name).first()).toBeVisible();
  }
  const policy = await page.locator("meta[http-equiv='Content-Security-Policy']").getAttribute("content");
  expect(policy).not.toMatch(/unsafe|https?:/);
  expect(complaints).toEqual([]);
});

for (const [file, width, colorScheme] of [
  ["index", 1440, "dark"],
  ["index", 360, "light"],
  ["ja", 1440, "light"],
  ["ja", 390, "dark"],
] as const) {
  test(`modelled/${file}.html at ${width} pixels (${colorScheme}): nothing is cut off, axe finds nothing`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    await page.goto(`./modelled/${file}.html`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await context.close();
  });
}
