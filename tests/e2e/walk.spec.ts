// The walk: every step with its reason, each name a lookup tried, and what would be different.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, expectNoSidewaysScroll, from, open, showTab, walk } from "./page";

const what = (page: import("@playwright/test").Page) => page.getByRole("region", { name: "What if" });

test("a lookup shows each name that was tried", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://nowhere.example.com/");
  await expect(walk(page)).toContainText("nowhere.example.com.default.svc.cluster.local.");
  await expect(walk(page)).toContainText("nowhere.example.com.svc.cluster.local.");
  await expect(walk(page)).toContainText("nowhere.example.com.cluster.local.");
});

test("what if somebody else asked: the difference, the walk then, and the way back", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await showTab(page, "What if");
  await what(page).getByRole("combobox", { name: "the client were" }).selectOption("external");
  const then = what(page).getByRole("status");
  await expect(then).toContainText("Name not found");
  await expect(then.getByRole("row", { name: /web-1.*100 %.*0 %/ })).toBeVisible();
  await expectAccessible(page);
  // The question and its answer stay what they are.
  await expect(from(page)).toHaveValue("pod/default/other");
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
  await what(page).getByRole("combobox", { name: "kube-proxy used" }).selectOption("ipvs");
  const then = what(page).getByRole("status");
  await expect(then).toContainText("Delivered");
  await what(page).getByRole("combobox", { name: "kube-proxy used" }).selectOption("as it is");
  await what(page).getByRole("combobox", { name: "the controller were" }).selectOption("traefik");
  await then.getByText("Steps in that case").click();
  await expect(then.getByRole("list", { name: "Steps in that case" })).toContainText(/traefik/i);
  await command(page).fill("curl http://shop.example.com/");
  await expect(then).toContainText("default/front");
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
});
