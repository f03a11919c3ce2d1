// One screen: what a newcomer must see without scrolling, measured at the sizes of common screens; and nothing scrolls but
// what stands in panes of its own.

import { type Page, expect, test } from "@playwright/test";
import { answer, command, expectAccessible, expectNoSidewaysScroll, open, showTab, walk } from "./page";

/** By how much an element hangs out of the window, and out of whatever scrolls around it; 0 if all of it is seen. */
async function hidden(page: Page, selector: string) {
  return page.locator(selector).evaluateAll((elements) =>
    elements.map((element) => {
      let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight];
      for (let at = element.parentElement; at; at = at.parentElement) {
        if (getComputedStyle(at).overflow === "visible") continue;
        const box = at.getBoundingClientRect();
        [left, top, right, bottom] = [Math.max(left, box.left), Math.max(top, box.top), Math.min(right, box.right), Math.min(bottom, box.bottom)];
      }
      const box = element.getBoundingClientRect();
      if (!box.width) return 1e6;
      return Math.max(0, left - box.left, top - box.top, box.right - right, box.bottom - bottom);
    }),
  );
}

const worst = async (page: Page, selector: string) => Math.max(0, ...(await hidden(page, selector)));

/** The page itself, and everything that is no pane, stays where it is. */
async function expectNothingScrolled(page: Page) {
  const excess = await page.evaluate(() => [document.documentElement, document.body, document.querySelector(".page")!].map(
    (element) => Math.max(element.scrollHeight - element.clientHeight, element.scrollWidth - element.clientWidth),
  ));
  expect(excess).toEqual([0, 0, 0]);
}

for (const [width, height] of [[1280, 720], [1366, 768], [1440, 900], [1920, 1080]]) {
  test(`question, verdict, the whole map and five steps stand on ${width}×${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    await expect(answer(page)).toContainText("Delivered");
    await expectNothingScrolled(page);
    expect((await page.locator(".header").boundingBox())!.height).toBeLessThan(48);
    for (const part of ["#command", ".question-from", ".answer-outcome", ".answer-words", ".answer-why"]) {
      expect(await worst(page, part), part).toBeLessThanOrEqual(1);
    }
    expect(await page.locator(".map-spot").count()).toBe(11);
    expect(await worst(page, ".map-spot > rect, .map-frame > rect, .map-head")).toBeLessThanOrEqual(1);
    // And large enough to be read.
    const sizes = await page.locator(".map-scroll text").evaluateAll((texts) =>
      texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * (text as SVGGraphicsElement).getScreenCTM()!.a));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(10);
    const steps = await hidden(page, ".hop-line");
    expect(steps.filter((out) => out <= 1).length).toBeGreaterThanOrEqual(5);
    await expectAccessible(page);
  });
}

for (const [width, height] of [[1024, 768], [1280, 600], [1100, 700]]) {
  test(`nothing but panes scrolls at ${width}×${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    await expect(answer(page)).toContainText("Delivered");
    await expectNothingScrolled(page);
    await showTab(page, "Console");
    await expectNothingScrolled(page);
    await expectNoSidewaysScroll(page);
  });
}

for (const [width, height] of [[820, 1180], [390, 844]]) {
  test(`one tab at a time at ${width}×${height}, the answer first, the question always`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    await expect(answer(page)).toContainText("Delivered");
    await expectNothingScrolled(page);
    for (const part of ["#command", ".answer-outcome", ".answer-words"]) expect(await worst(page, part), part).toBeLessThanOrEqual(1);
    const top = (await command(page).boundingBox())!.y;
    for (const [name, seen] of [["Map", ".map-spot"], ["Walk", ".hop"], ["YAML", ".manifests"], ["Console", ".console-input"]]) {
      await showTab(page, name);
      await expect(page.locator(seen).first()).toBeInViewport();
      await expect(page.locator(".answer")).toBeHidden();
      expect((await command(page).boundingBox())!.y).toBe(top);
      await expectNothingScrolled(page);
      await expectNoSidewaysScroll(page);
      await expectAccessible(page, name);
    }
    const prompt = (await page.locator(".console-input").boundingBox())!;
    expect(prompt.y + prompt.height).toBeLessThanOrEqual(height);
    expect(prompt.y).toBeGreaterThan(height * 0.6);
  });
}

test("the edges are moved by hand and by key, remembered, and put back by a double click", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const left = page.getByRole("separator", { name: "Width of the manifests" });
  const below = page.getByRole("separator", { name: "Height of the tabs" });
  const width = async () => (await page.locator(".manifests").boundingBox())!.width;
  const height = async () => (await page.locator(".panel").boundingBox())!.height;
  const [first, second] = [await width(), await height()];
  const edge = (await left.boundingBox())!;
  await page.mouse.move(edge.x, edge.y + 200);
  await page.mouse.down();
  await page.mouse.move(edge.x + 150, edge.y + 220, { steps: 3 });
  await page.mouse.up();
  expect(Math.abs((await width()) - first - 150)).toBeLessThan(4);
  await below.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  expect(await height()).toBeGreaterThan(second + 20);
  expect(Number(await below.getAttribute("aria-valuenow"))).toBe(28);
  const moved = [await width(), await height()];
  await page.reload();
  await expect(walk(page)).toBeVisible();
  expect([await width(), await height()]).toEqual(moved);
  await left.dblclick();
  await below.dblclick();
  expect([await width(), await height()]).toEqual([first, second]);
});

for (const [width, height] of [[1440, 900], [1280, 720], [820, 1180], [390, 844]]) {
  test(`a notice covers nothing that can be pressed at ${width}×${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await open(page);
    await expect(answer(page)).toContainText("Delivered");
    const yaml = page.locator("#tab-yaml");
    if (await yaml.count()) await yaml.click();
    await page.locator(".cluster select").first().selectOption("k3s");
    for (const name of ["YAML", "Map", "Walk", "Console", "All entrances", "Tables"]) {
      const tab = page.getByRole("tablist", { name: "Parts of the page" }).getByRole("tab", { name });
      if (await tab.count()) await tab.click();
      // Whoever is at it keeps it.
      await page.getByRole("alert").hover();
      const covered = await page.evaluate(() => {
        const notice = document.querySelector(".notice")!.getBoundingClientRect();
        const controls = document.querySelectorAll("button, input, select, summary, a, [role=tab], [tabindex='0'].map-spot");
        return [...controls].filter((control) => !control.closest(".notice") && control.checkVisibility()).filter((control) => {
          const box = control.getBoundingClientRect();
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          // What is scrolled out of its pane is not there to be covered.
          for (let at = control.parentElement; at; at = at.parentElement) {
            const pane = at.getBoundingClientRect();
            if (getComputedStyle(at).overflowY !== "visible" && (y < pane.top || y > pane.bottom)) return false;
          }
          const over = x > notice.left && x < notice.right && y > notice.top && y < notice.bottom;
          return over && document.elementFromPoint(x, y)?.closest(".notice");
        }).map((control) => control.outerHTML.slice(0, 80));
      });
      expect(covered, name).toEqual([]);
      await expectNothingScrolled(page);
    }
    await page.getByRole("alert").getByRole("button", { name: "Close" }).click();
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
}
