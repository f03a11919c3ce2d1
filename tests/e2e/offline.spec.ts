// Without a network after the first visit: dist/ with the service worker of `cargo xtask offline`.

import { expect, test } from "@playwright/test";
import { answer, command, open } from "./page";
import type { Page } from "@playwright/test";

test.use({ serviceWorkers: "allow" });

/** A visit after which the browser keeps the site. */
async function visit(page: Page) {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await page.evaluate(async () => { await navigator.serviceWorker.ready; });
}

test("after the first visit the page opens and answers without a network", async ({ page, context }) => {
  await visit(page);
  await context.setOffline(true);
  await page.reload();
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl http://shop.example.com/");
  await expect(answer(page)).toContainText("default/front");
  const examples = page.getByRole("combobox", { name: "Examples" });
  await expect(examples.getByRole("option")).not.toHaveCount(1);
  await examples.selectOption("no-endpoints");
  await expect(answer(page)).toContainText("Refused");
});
