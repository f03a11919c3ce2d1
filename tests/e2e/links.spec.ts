// Links to examples, and examples as parts of other pages.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, expectNoSidewaysScroll, manifests, open, openExample } from "./page";

test("a link opens an example", async ({ page }) => {
  await open(page, "./#example=nodeport");
  await expect(page.locator(".guide")).toHaveAttribute("data-example", "nodeport");
  await expect(answer(page)).toContainText("Delivered");
});

test("what a link replaces comes back", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  // Kept, and left.
  await expect(page).toHaveURL(/#./);
  await page.goto("about:blank");
  await open(page, "./#example=nodeport");
  await expect(command(page)).not.toHaveValue("curl http://web/");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(command(page)).toHaveValue("curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
});

test("a link to no example says so", async ({ page }) => {
  await open(page, "./#example=nothing");
  await expect(page.getByRole("alert")).toContainText("nothing: there is no example of this name");
  await expect(answer(page)).toContainText("Delivered");
});

test("an example can be a part of another page", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Share" }).click();
  const code = await page.getByRole("textbox", { name: "Code to embed" }).inputValue();
  const address = /src="([^"]+)"/.exec(code)?.[1] ?? "";
  expect(address).toContain("#embed=shop");

  await page.goto("about:blank");
  for (const width of [1000, 360]) {
    await page.setViewportSize({ width, height: 720 });
    await open(page, address);
    await expect(page.getByRole("banner")).toHaveCount(0);
    await command(page).fill("curl http://shop.example.com/");
    await expect(answer(page)).toContainText("front-");
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  // Nothing of it is kept.
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("about:blank");
  await open(page);
  await expect(command(page)).toHaveValue("curl http://shop.example.com/cart");
  await expect(manifests(page)).toBeVisible();
});

test("an example keeps its short address and its title until it is changed; Back leads to the one before", async ({ page }) => {
  await open(page, "./#example=nodeport");
  await expect(page).toHaveTitle("NodePort: a port on every node · whichpod");
  await page.waitForTimeout(1500);
  await expect(page).toHaveURL(/#example=nodeport$/);
  await openExample(page, "headless");
  await expect(page).toHaveURL(/#example=headless$/);
  await page.goBack();
  await expect(page).toHaveURL(/#example=nodeport$/);
  await expect(page.locator(".guide")).toHaveAttribute("data-example", "nodeport");
  await page.goForward();
  await expect(page.locator(".guide")).toHaveAttribute("data-example", "headless");
  await command(page).fill("nslookup nothing");
  await command(page).press("Enter");
  await expect(page).toHaveURL(/#w1\./);
  await expect(page).toHaveTitle("nslookup nothing · whichpod");
});

test("one's own manifests are a part of another page, at a blog's width, with what its author chose", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await dialog.getByRole("combobox", { name: "Language" }).selectOption("ja");
  await dialog.getByRole("combobox", { name: "Colours" }).selectOption("dark");
  const source = async () => /src="([^"]+)"/.exec(await dialog.getByRole("textbox", { name: "Code to embed" }).inputValue())![1].replaceAll("&amp;", "&");
  const map = await source();
  expect(map).toContain("#embed=w1.");
  await dialog.getByRole("combobox", { name: "Shows" }).selectOption("yaml");
  const beside = await source();
  await dialog.getByRole("combobox", { name: "Shows" }).selectOption("console");
  const terminal = await source();
  await page.setViewportSize({ width: 780, height: 480 });
  for (const [address, seen] of [[map, ".map-spot"], [beside, ".cm-content"], [terminal, ".console-input"]]) {
    await page.goto("about:blank");
    await page.goto(address);
    await expect(page.locator(seen).first()).toBeInViewport();
    await expect(page.getByRole("status", { name: "答え" })).toContainText("default/web-1");
    await expect(page.locator("#command")).toHaveValue("curl http://web/");
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await expect(page.getByRole("banner")).toHaveCount(0);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
  }
  const whole = await page.locator(".question-whole").getAttribute("href");
  expect(whole).toMatch(/^#w1\./);
  // The reader's own choices stay.
  await page.goto("about:blank");
  await open(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test("the first example embedded at 780×480 shows question, verdict and the whole map", async ({ page }) => {
  await page.setViewportSize({ width: 780, height: 480 });
  await page.goto("./#embed=shop");
  await expect(answer(page)).toContainText("Delivered");
  await expect(command(page)).toBeInViewport();
  const box = (await page.locator(".map-scroll svg").boundingBox())!;
  expect(box.y + box.height).toBeLessThanOrEqual(480);
  await expect(page.locator(".map-spot").last()).toBeInViewport();
});

// Links that earlier versions of the page made, as they were: what somebody has sent around opens as long as there is a page.
const OLDER: [string, string, RegExp][] = [
  // The first version: one file and its question.
  ["#w1.nZBBTgMxDEUXwyorEBfwBdKhO5RTVKrE3k08bUQSR4mnwGm5CpMO00poBBI7-39_-8nd4-ADQcTkB6pSNx8Yw2eH2b9QqZ6TgfNWvfrkDOypnL0lFUnQoaBRAAkjGXijg6qZbFMqBbLCpdUAmPNsA2QuUpuqL6WB56fLiGA5kuy-pUnUWqtVgB279eN6O3UBDxTqj7MLleUk6NO0cia4cbdxH_E4tfSOMQfaWI79Yl2pW-q65f-0LCcqa7Sz8TvvEl4lvpl_Mt8NheNDZtc7GnAMMoe7MqZ7O5YAJ5Fs-vaE_gs", "curl http://web/", /Delivered.*default\/web-1/s],
  // Several files.
  ["#w1.lZBBTgMxDEUl6CpCSL2BL5CW7tCcolIl9m7iKVGTOEoypV1wVc5CMmFahEYgdvb__tazF8veWIJE8WQUrS7o7DsG80IxGfYdnDbiaLzuYNcmhKOMGjN2AsCjow7eaC9SIFWVRJZU5lhrAAyh2QCBY05VlWPZwfPTOJIxHihvv6QiPo48gXUaYT7uZmm2rOdJ5KZ0Fvdk0w-GCVGxz2h8WdlwbkfUcePwUFo6owuWVorderKuJ9TUdcs3dCml-Act51eKc7TN-J13Cs8S38w_mRd9ZLcs715r6nGwuYXv4-AffLLMxyHU53wC", "nslookup web", /Name found/],
  // Examples, and examples as parts of other pages.
  ["#example=shop", "curl http://shop.example.com/cart", /Delivered/],
  ["#embed=shop", "curl http://shop.example.com/cart", /Delivered/],
];

for (const [at, [fragment, asked, told]] of OLDER.entries()) {
  test(`a link of an earlier version opens (${at + 1})`, async ({ page }) => {
    await page.goto(`./${fragment}`);
    await expect(command(page)).toHaveValue(asked);
    await expect(answer(page)).toContainText(told);
    await expect(page.getByRole("alert")).toHaveCount(0);
  });
}
