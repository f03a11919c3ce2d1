// The tables below the page: as kubectl prints them, with names that lead to lines.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, expectAccessible, manifests, open } from "./page";
import type { Page } from "@playwright/test";

const ELSEWHERE = MANIFESTS.replaceAll(/^metadata:$/gm, "metadata:\n  namespace: shop").replaceAll("web-1", "web-2");

async function openTables(page: Page, text = MANIFESTS) {
  await open(page);
  await ask(page, text, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await page.getByRole("tab", { name: "Tables" }).click();
  await expect(page.getByRole("table")).toBeVisible();
}

const kind = (page: Page, name: string) => page.getByRole("group", { name: "Kind" }).getByRole("button", { name });
const row = (page: Page, name: RegExp) => page.getByRole("table").getByRole("row", { name });

test("pods, Services and endpoints stand in tables as kubectl prints them", async ({ page }) => {
  await openTables(page);
  await expect(page.getByRole("columnheader").first()).toHaveText("NAMESPACE");
  await expect(row(page, /default web-1 1\/1 Running/)).toBeVisible();
  await kind(page, "services").click();
  await expect(row(page, /default web ClusterIP 10\.\S+ <none> 80\/TCP/)).toBeVisible();
  await kind(page, "endpointslices").click();
  await expect(row(page, /default web-\w+ IPv4 8080/)).toBeVisible();
});

test("a name leads to its lines", async ({ page }) => {
  await openTables(page);
  await page.getByRole("table").getByRole("button", { name: "web-1" }).click();
  await expect(page.locator(".cm-decided").first()).toBeInViewport();
  await expect(manifests(page)).toBeFocused();
});

test("a namespace is filtered, in every table", async ({ page }) => {
  await openTables(page, `${MANIFESTS}---\n${ELSEWHERE}`);
  await expect(row(page, /shop web-2/)).toBeVisible();
  await page.getByRole("combobox", { name: "Namespace" }).selectOption("shop");
  await expect(row(page, /default web-1/)).toHaveCount(0);
  await expect(row(page, /shop web-2/)).toBeVisible();
  await kind(page, "services").click();
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(2);
});

test("tables follow the manifests", async ({ page }) => {
  await openTables(page);
  await manifests(page).fill(MANIFESTS.replaceAll("web-1", "web-9"));
  await expect(row(page, /default web-9/)).toBeVisible();
  await expect(row(page, /default web-1/)).toHaveCount(0);
});

test("rows are filtered and sorted, and the columns that say little come when they are asked for", async ({ page }) => {
  await openTables(page, `${MANIFESTS}---\n${ELSEWHERE}`);
  await expect(page.getByRole("columnheader", { name: "RESTARTS" })).toHaveCount(0);
  // Nothing is known of it in any row.
  await page.getByRole("button", { name: /^nodes/ }).click();
  await expect(page.getByRole("columnheader", { name: "INTERNAL-IP" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "KERNEL-VERSION" })).toHaveCount(0);
  await page.getByRole("button", { name: /^pods/ }).click();
  await page.getByRole("button", { name: "All columns" }).click();
  await expect(page.getByRole("columnheader", { name: "RESTARTS" })).toBeVisible();
  await page.getByRole("searchbox", { name: "Filter rows" }).fill("WEB-");
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(3);
  const head = page.getByRole("columnheader", { name: "NAMESPACE" });
  await head.getByRole("button").click();
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  await expect(page.getByRole("table").getByRole("row").nth(1)).toContainText("default");
  await head.getByRole("button").click();
  await expect(head).toHaveAttribute("aria-sort", "descending");
  await expect(page.getByRole("table").getByRole("row").nth(1)).toContainText("shop");
  await expectAccessible(page);
});
