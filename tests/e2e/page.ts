// The page as a user sees it: by roles and names.

import { type Page, expect } from "@playwright/test";
import axe from "axe-core";

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

/** The same with so many more pods behind web. */
export const crowd = (replicas: number) => `${MANIFESTS}---
apiVersion: apps/v1
kind: Deployment
metadata: {name: more}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: example.com/web, ports: [{containerPort: 8080}]}
`;

export const manifests = (page: Page) => page.getByRole("textbox", { name: "Manifests" });
export const command = (page: Page) => page.getByRole("textbox", { name: "Command" });
export const from = (page: Page) => page.getByRole("combobox", { name: "From" });
export const answer = (page: Page) => page.getByRole("status", { name: "Answer" });
export const landings = (page: Page) => page.getByRole("list", { name: "Pods reached" });
export const walk = (page: Page) => page.getByRole("list", { name: "Walk" });
export const problems = (page: Page) => page.getByRole("list", { name: "Problems" });

/** Opens one of the tabs below the map; on a narrow page, of everything. */
export const showTab = (page: Page, name: string) => page.getByRole("tablist", { name: "Parts of the page" }).getByRole("tab", { name }).click();

/** The pods that are reached. */
export const showPods = (page: Page) => showTab(page, "Pods reached");

/** Opens an example by its name in the index. */
export async function openExample(page: Page, id: string) {
  await page.locator(".gallery-open").click();
  await page.locator(`.gallery-card[data-example="${id}"]`).click();
  await expect(page.locator(".gallery-card")).toHaveCount(0);
}

/** Opens the page and waits until the editor is there. */
export async function open(page: Page, path = "./") {
  await page.goto(path);
  await expect(page.locator(".cm-content")).toBeAttached();
}

/** Keeps the simulator from coming until the function that this gives is called. */
export async function holdSimulator(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/whichpod-worker.*\.wasm$/, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** Chooses who asks. */
export async function askFrom(page: Page, who: string) {
  const title = who === "external" ? /^(outside|クラスターの外)/ : who.replace(/^(pod|node)\//, "");
  const field = page.locator("#from");
  await field.click();
  await page.getByRole("listbox").getByRole("option", { name: title }).first().click();
  await expect(field).toHaveAttribute("data-from", who);
}

/** Replaces the manifests and asks. */
export async function ask(page: Page, text: string, who: string, line: string) {
  await manifests(page).fill(text);
  await askFrom(page, who);
  await command(page).fill(line);
  await page.getByRole("button", { name: "Send" }).click();
}

/** axe, with the rules of WCAG 2.2 AA. In the page itself: ten times as fast as from outside, and there are no frames. */
export async function expectAccessible(page: Page, state?: string) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run({ runOnly, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)]);
  });
  expect.soft(violations, state).toEqual([]);
}

/** Nothing hangs over the side. */
export async function expectNoSidewaysScroll(page: Page, state?: string) {
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(excess, state).toBeLessThanOrEqual(0);
}

/**
 * Every text is whole: inside the screen, inside whatever hides what is beyond its edge, inside its box of the map, and
 * its control is wide enough for it. What scrolls or is shortened with an ellipsis may be longer; so may the editor's lines.
 */
export async function expectNothingCutOff(page: Page, state?: string) {
  const cut = await page.evaluate(() => {
    const found: string[] = [];
    const tell = (what: string, text: string | null) => found.push(`${what}: ${text?.trim().slice(0, 60)}`);
    const inside = (text: DOMRect, box: DOMRect) =>
      text.left >= box.left - 1 && text.right <= box.right + 1 && text.top >= box.top - 2 && text.bottom <= box.bottom + 2;
    /** What a text must stay in: the edges of whatever hides what is beyond them; what scrolls sets none in its direction. */
    const limits = (element: Element): DOMRect | null => {
      let [left, right, top, bottom] = [0, innerWidth, -1e6, 1e6];
      let [sideways, down] = [true, true];
      for (let at: Element | null = element; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (style.textOverflow === "ellipsis" || (style.webkitLineClamp && style.webkitLineClamp !== "none") || style.clipPath === "inset(50%)" || at.matches(".visually-hidden, .cm-editor, select, .labelled > span, .brand h1")) return null;
        const box = at.getBoundingClientRect();
        if (/auto|scroll/.test(style.overflowX)) sideways = false;
        if (/auto|scroll/.test(style.overflowY)) down = false;
        if (sideways && /hidden|clip/.test(style.overflowX)) [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        if (down && /hidden|clip/.test(style.overflowY)) [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
      }
      if (!sideways) [left, right] = [-1e6, 1e6];
      return new DOMRect(left, top, right - left, bottom - top);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const limit = node.textContent?.trim() && node.parentElement?.checkVisibility() && limits(node.parentElement);
      if (!limit) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      if (!inside(range.getBoundingClientRect(), limit)) tell("hidden", node.textContent);
    }
    const pen = document.createElement("canvas").getContext("2d");
    for (const select of document.querySelectorAll("select")) {
      if (!(select instanceof HTMLSelectElement) || !select.checkVisibility() || !pen) continue;
      const style = getComputedStyle(select);
      const text = select.selectedOptions[0]?.text ?? "";
      pen.font = style.font;
      const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      if (style.textOverflow !== "ellipsis" && pen.measureText(text).width > room) tell("select", text);
    }
    for (const spot of document.querySelectorAll(".map-spot, .map-frame")) {
      const box = spot.querySelector("rect")?.getBoundingClientRect();
      for (const text of spot.querySelectorAll("text")) {
        if (box && text.textContent && !inside(text.getBoundingClientRect(), box)) tell("box", text.textContent);
      }
    }
    const words = [...document.querySelectorAll(".map-head")].map((head) => [head, head.getBoundingClientRect()] as const);
    for (const path of document.querySelectorAll<SVGPathElement>(".map-line path")) {
      const matrix = path.getScreenCTM();
      const length = path.getTotalLength();
      for (let at = 0; matrix && at <= length; at += 3) {
        const { x, y } = path.getPointAtLength(at).matrixTransform(matrix);
        for (const [head, box] of words) {
          const over = path.compareDocumentPosition(head) & Node.DOCUMENT_POSITION_PRECEDING;
          if (over && x > box.left && x < box.right && y > box.top && y < box.bottom) tell("crossed", head.textContent);
        }
      }
    }
    return [...new Set(found)];
  });
  expect.soft(cut, state).toEqual([]);
}
