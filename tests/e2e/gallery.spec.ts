// The examples: looked through, searched, in a learner's order; and an empty start.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, command, expectAccessible, manifests, open, openExample } from "./page";

test("an example is found by a word and opened with Enter", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Examples" }).click();
  const gallery = page.getByRole("dialog", { name: "Examples" });
  await expect(gallery.getByRole("searchbox")).toBeFocused();
  await expect(gallery.locator(".gallery-card")).toHaveCount(66);
  await expectAccessible(page);
  await page.keyboard.type("node port");
  await expect(gallery.locator(".gallery-card")).not.toHaveCount(66);
  await gallery.getByRole("button", { name: "From outside", exact: true }).click();
  await expect(gallery.locator(".gallery-card").first()).toContainText(/node/i);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Examples" }).click();
  await gallery.getByRole("searchbox").fill("externalName");
  await page.keyboard.press("Enter");
  await expect(gallery).toBeHidden();
  await expect(manifests(page)).toContainText("ExternalName");
});

test("arrows go from card to card, and each has a picture", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Examples" }).click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".gallery-card").nth(1)).toBeFocused();
  await expect.poll(() => page.locator(".gallery-card img").first().evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(10);
});

test("the course goes on with Next", async ({ page }) => {
  await open(page);
  await openExample(page, "clusterip");
  await expect(page.locator(".guide")).toContainText("1 of 9");
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.locator(".guide")).toContainText("2 of 9");
});

test("New is empty, and what was there comes back", async ({ page }) => {
  await open(page);
  await manifests(page).fill("kind: Pod\n");
  await page.getByRole("button", { name: "New", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Paste your manifests" })).toBeVisible();
  await expect(command(page)).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(manifests(page)).toContainText("kind: Pod");
});

test("all entrances: failures first, and a click asks", async ({ page }) => {
  await open(page);
  await openExample(page, "no-endpoints");
  await expect(answer(page)).toContainText("Refused");
  await page.getByRole("tab", { name: "All entrances" }).click();
  const rows = page.getByRole("list", { name: "All entrances" }).getByRole("listitem");
  await expect(rows.first()).toContainText("Refused");
  await expectAccessible(page);
  await openExample(page, "shop");
  await expect(rows.filter({ hasText: "http://shop.example.com/cart" })).toContainText("Delivered");
  await rows.filter({ hasText: "curl http://front/" }).getByRole("button").first().click();
  await expect(command(page)).toHaveValue("curl http://front/");
});

test("what to try is asked with a click", async ({ page }) => {
  await open(page, "./#example=alpine-nslookup");
  await page.locator(".guide > summary").click();
  await page.locator(".guide").getByRole("button", { name: "wget -qO- http://web.default/" }).click();
  await expect(command(page)).toHaveValue("wget -qO- http://web.default/");
  await expect(answer(page)).toContainText("Delivered");
  await page.locator(".guide").getByRole("button", { name: "nslookup web.default" }).click();
  await expect(page.locator("#from")).toHaveValue("default/client");
});

test("an empty page begins with the clipboard, a file, or something small", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "New", exact: true }).click();
  for (const [name, kind] of [["Deployment and Service", "Deployment"], ["with an Ingress", "Ingress"], ["with a Gateway", "HTTPRoute"], ["with a NetworkPolicy", "NetworkPolicy"]]) {
    await page.getByRole("button", { name, exact: true }).click();
    await expect(manifests(page)).toContainText(`kind: ${kind}`);
    await expect(answer(page)).toContainText(/Delivered|Timed out/);
    await expect(page.getByText("No problems found")).toBeVisible();
    await page.getByRole("button", { name: "New", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Paste your manifests" })).toBeVisible();
  }
  await page.evaluate((text) => navigator.clipboard.writeText(text), MANIFESTS);
  await page.getByRole("button", { name: "Paste from the clipboard" }).click();
  await expect(answer(page)).toContainText("default/web-1");
  await expectAccessible(page);
});

test("examples are commented in the language of the page", async ({ browser }) => {
  const context = await browser.newContext({ locale: "ja-JP" });
  const page = await context.newPage();
  await open(page);
  await expect(page.locator(".cm-line").first()).toContainText("Ingress の後ろの店です");
  await openExample(page, "nodeport");
  await expect(page.locator(".cm-line").first()).toContainText("すべてのノードにポートを持ちます");
  await context.close();
});
