// Nothing leaves the page: no request to anybody else, and a policy that would not let one out.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, open } from "./page";

test("no request leaves the origin, from the page or its worker", async ({ page, context, baseURL }) => {
  const asked: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("dialog", { name: "Share" })).toBeVisible();
  expect(asked.length).toBeGreaterThan(5);
  expect(asked.filter((url) => !url.startsWith(baseURL!))).toEqual([]);
  expect(asked.filter((url) => url.includes("#") && url.includes("w1."))).toEqual([]);
});

test("the policy refuses inline scripts and other hosts, and the page breaks none of it", async ({ page }) => {
  const complaints: string[] = [];
  page.on("console", (message) => message.text().includes("Content Security Policy") && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  expect(complaints).toEqual([]);
  const policy = await page.locator("meta[http-equiv='Content-Security-Policy']").getAttribute("content");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:/);
  const refused = await page.evaluate(async () => {
    const fetched = await fetch("https://example.com/").then(() => "sent", () => "refused");
    const script = document.createElement("script");
    script.textContent = "document.documentElement.dataset.ran = 'yes'";
    document.head.append(script);
    return [fetched, document.documentElement.dataset.ran ?? "refused"];
  });
  expect(refused).toEqual(["refused", "refused"]);
});

test("a worker that dies is started again", async ({ page }) => {
  let workers = 0;
  page.on("worker", () => workers++);
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const [worker] = page.workers();
  // What the browser does to a worker whose program has trapped.
  await worker.evaluate(() => setTimeout(() => { throw new Error("trapped"); }));
  await expect.poll(() => workers).toBe(2);
  await page.getByRole("textbox", { name: "Command" }).fill("curl http://shop.example.com/");
  await expect(answer(page)).toContainText("default/front");
});

test("a simulator that cannot be loaded is asked for again", async ({ page }) => {
  let broken = true;
  await page.route(/whichpod-worker.*\.wasm$/, (route) => (broken ? route.fulfill({ status: 404 }) : route.continue()));
  await page.goto("./");
  await expect(answer(page)).toContainText("could not be loaded");
  broken = false;
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("textbox", { name: "Command" }).fill("curl http://shop.example.com/");
  await expect(answer(page)).toContainText("default/front");
});
