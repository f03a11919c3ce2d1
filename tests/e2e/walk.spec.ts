// The walk: every step with its reason, each name a lookup tried, and what would be different.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, expectNoSidewaysScroll, from, open, showTab, walk } from "./page";

const what = (page: import("@playwright/test").Page) => page.getByRole("region", { name: "What if" });

test("a lookup shows each name that was tried", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://nowhere.example.com/");
  await expect(answer(page)).not.toContainText("default/web-1");
  const closed = page.locator(".hop-turner[aria-expanded=false]");
  while (await closed.count()) await closed.first().click();
  await expect(walk(page)).toContainText("nowhere.example.com.default.svc.cluster.local.");
  await expect(walk(page)).toContainText("nowhere.example.com.svc.cluster.local.");
  await expect(walk(page)).toContainText("nowhere.example.com.cluster.local.");
});

test("what if somebody else asked: the difference, the walk then, and the way back", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await showTab(page, "What if");
  await what(page).getByRole("combobox", { name: "Client" }).selectOption("external");
  const then = what(page).getByRole("status");
  await expect(then).toContainText("Name not found");
  await expect(then.getByRole("row", { name: /web-1.*100 %.*0 %/ })).toBeVisible();
  await expectAccessible(page);
  // The question and its answer stay what they are.
  await expect(from(page)).toHaveValue("default/other");
  await expect(answer(page)).toContainText("default/web-1");
  await then.getByText("Steps in that case").click();
  await expect(then.getByRole("list", { name: "Steps in that case" }).getByRole("listitem").first()).toBeVisible();
  await what(page).getByRole("button", { name: "Back to the question as it is" }).click();
  await expect(then).toBeEmpty();
});

test("what if kube-proxy or the controller were another", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await showTab(page, "What if");
  await what(page).getByRole("combobox", { name: "kube-proxy mode" }).selectOption("ipvs");
  const then = what(page).getByRole("status");
  await expect(then).toContainText("Delivered");
  await what(page).getByRole("combobox", { name: "kube-proxy mode" }).selectOption("unchanged");
  await what(page).getByRole("combobox", { name: "Ingress controller" }).selectOption("traefik");
  await then.getByText("Steps in that case").click();
  await expect(then.getByRole("list", { name: "Steps in that case" })).toContainText(/traefik/i);
  await command(page).fill("curl http://shop.example.com/");
  await expect(then).toContainText("default/front");
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});

test("a step has one line, the one that decided is open, and what is pointed at is marked on the map", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const steps = walk(page).getByRole("listitem").filter({ has: page.locator(".hop-line") });
  await expect(page.locator(".hop-details")).toHaveCount(1);
  await expect(page.locator(".hop[data-decides] .hop-details")).toContainText("spec.rules[0].http.paths[1]");
  await steps.first().getByRole("button").first().focus();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(steps.nth(1).locator(".hop-details")).toBeVisible();
  await page.keyboard.press("k");
  await expect(steps.first().getByRole("button").first()).toBeFocused();
  await page.locator(".hop[data-decides] .hop-turner").hover();
  await expect(page.locator(".map-spot[data-pointed]")).toHaveCount(1);
  await page.locator(".map-spot").filter({ hasText: "ingress-nginx" }).hover();
  await expect(page.locator(".hop[data-decides]")).toHaveAttribute("data-pointed", "");
});

test("the lines of what is pointed at are marked in the editor", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const marked = page.locator(".cm-pointed");
  await page.locator(".hop[data-decides] .hop-turner").hover();
  await expect(marked.first()).toContainText("path: /cart");
  await page.locator(".map-spot").filter({ hasText: /^cart/ }).first().hover();
  await expect(marked.filter({ hasText: "name: cart" }).first()).toBeInViewport();
  await page.locator(".brand").hover();
  await expect(marked).toHaveCount(0);
});
