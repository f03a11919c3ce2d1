// The npm package in a page: its example, served as any static server would. `cargo xtask npm` makes it before.

import { expect, test } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../target/npm/", import.meta.url));
const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

test("the example answers, and asks nobody else", async ({ page }) => {
  const elsewhere: string[] = [];
  await page.route("**", async (route) => {
    const url = new URL(route.request().url());
    const path = url.pathname.split("/npm/")[1];
    if (path === undefined) {
      elsewhere.push(url.href);
      return route.abort();
    }
    await route.fulfill({ body: await readFile(join(folder, path)), contentType: types[extname(path)] });
  });
  await page.goto("./npm/examples/page.html");
  await expect(page.locator("#answer")).toHaveText("delivered\ndefault/web-1");
  await page.locator("#command").fill("curl http://nobody/");
  await page.locator("#ask").click();
  await expect(page.locator("#answer")).toContainText("unresolved");
  expect(elsewhere.filter((url) => !url.endsWith("favicon.ico"))).toEqual([]);
});
