// The page as a user sees it: by roles and names.

import { AxeBuilder } from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";

/** Two Services behind names; the client can ask. */
export const MANIFESTS = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
  - port: 80
    targetPort: 8080
---
apiVersion: v1
kind: Pod
metadata:
  name: web-1
  labels:
    app: web
spec:
  containers:
  - name: web
    image: example.com/web
    ports:
    - containerPort: 8080
---
apiVersion: v1
kind: Pod
metadata:
  name: other
  labels:
    app: other
spec:
  containers:
  - name: other
    image: example.com/other
    ports:
    - containerPort: 8080
`;

export const manifests = (page: Page) => page.getByRole("textbox", { name: "Manifests" });
export const command = (page: Page) => page.getByRole("textbox", { name: "Command" });
export const from = (page: Page) => page.getByRole("combobox", { name: "From" });
export const answer = (page: Page) => page.getByRole("status", { name: "Answer" });
export const landings = (page: Page) => page.getByRole("list", { name: "Landings" });
export const walk = (page: Page) => page.getByRole("list", { name: "Walk" });
export const problems = (page: Page) => page.getByRole("list", { name: "Problems" });

/** Opens the page and waits until the editor stands. */
export async function open(page: Page, path = "./") {
  await page.goto(path);
  await expect(page.locator(".cm-content")).toBeVisible();
}

/** Replaces the manifests and asks. */
export async function ask(page: Page, text: string, who: string, line: string) {
  await manifests(page).fill(text);
  await expect(from(page).locator(`option[value="${who}"]`)).toBeAttached();
  await from(page).selectOption(who);
  await command(page).fill(line);
  await page.getByRole("button", { name: "Send" }).click();
}

/** axe, with the rules of WCAG 2.2 AA. */
export async function expectAccessible(page: Page) {
  const builder = new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
  const { violations } = await builder.analyze();
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)])).toEqual([]);
}

/** Nothing hangs over the side. */
export async function expectNoSidewaysScroll(page: Page) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(excess).toBeLessThanOrEqual(0);
}
