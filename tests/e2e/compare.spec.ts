// Before and after: two sets of manifests, or two controllers, request by request.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, manifests, open, showTab } from "./page";

test("what an edit changes is listed beside what was kept, and a link carries both", async ({ page, context }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await showTab(page, "Compare");
  await page.getByRole("button", { name: "Keep these manifests" }).click();
  const compare = page.getByRole("region", { name: "Compare" });
  await expect(compare.getByRole("status")).toContainText("answered alike");
  await manifests(page).fill(MANIFESTS.replace("    app: web\n  ports", "    app: wep\n  ports"));
  const change = compare.getByRole("listitem").first();
  await expect(compare.getByRole("status")).toContainText("answered differently");
  await expect(change.getByRole("definition").first()).toContainText("web-1");
  await expect(change.getByRole("definition").last()).toContainText("connection refused");
  await expectAccessible(page);
  // A click asks it here.
  await command(page).fill("hostname");
  await change.getByRole("button", { name: /^curl|^nc/ }).first().click();
  await expect(command(page)).not.toHaveValue("hostname");
  // The link.
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#w1\./);
  await page.getByRole("button", { name: "Share" }).click();
  const link = await page.locator(".share input").first().inputValue();
  const other = await context.newPage();
  await open(other, `./${link.slice(link.indexOf("#"))}`);
  await showTab(other, "Compare");
  await expect(other.getByRole("region", { name: "Compare" }).getByRole("status")).toContainText("answered differently");
  await other.getByRole("button", { name: "Swap" }).click();
  await expect(manifests(other)).toContainText("app: web");
  await expect(manifests(other)).not.toContainText("app: wep");
  await other.getByRole("button", { name: "Forget" }).click();
  await expect(other.getByRole("region", { name: "Compare" })).toContainText("Keep the manifests as they are");
});

test("another controller is compared request by request", async ({ page }) => {
  await open(page, "./#example=shop");
  await expect(answer(page)).toContainText("Delivered");
  await showTab(page, "Compare");
  const compare = page.getByRole("region", { name: "Compare" });
  await compare.getByRole("combobox").selectOption("traefik");
  await expect(compare.getByRole("status")).toContainText(/requests are answered/);
  await expect(compare.getByRole("status")).not.toContainText("of 0");
});

test("what becomes of each annotation is told, with a request that shows it", async ({ page }) => {
  await open(page, "./#example=leaving-allowlist");
  await expect(answer(page)).toContainText("403");
  await showTab(page, "Compare");
  const compare = page.getByRole("region", { name: "Compare" });
  await compare.getByRole("combobox").selectOption("traefik");
  await expect(compare.getByRole("heading", { name: /Ingress default\/admin/ })).toBeVisible();
  await expect(compare.getByText("changes the answer")).toBeVisible();
  await expect(compare.getByRole("term").filter({ hasText: "without it" })).toBeVisible();
  await expectAccessible(page);
});
