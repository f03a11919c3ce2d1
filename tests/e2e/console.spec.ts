// The console below the page: real commands by real clients, all by keyboard.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, from, open } from "./page";
import type { Page } from "@playwright/test";

const line = (page: Page) => page.getByRole("textbox", { name: "Prompt" });
const output = (page: Page) => page.getByRole("log", { name: "Console output" });

/** Opens the console for a pod of MANIFESTS. */
async function openConsole(page: Page) {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await page.getByRole("tab", { name: "Console" }).click();
  await expect(line(page)).toBeVisible();
}

async function run(page: Page, text: string) {
  await line(page).fill(text);
  await line(page).press("Enter");
  await expect(line(page)).toHaveValue("");
}

test("commands print what the tools print, and exit as they do", async ({ page }) => {
  await openConsole(page);
  await run(page, "cat /etc/resolv.conf");
  await expect(output(page)).toContainText("nameserver 10.96.0.10");
  await expect(output(page)).toContainText("exit status 0");
  await run(page, "nslookup nowhere");
  await expect(output(page)).toContainText("NXDOMAIN");
  await expect(output(page)).toContainText("exit status 1");
  await run(page, "kubectl get pods");
  await expect(output(page)).toContainText(/web-1\s+1\/1\s+Running/);
  await run(page, "frobnicate");
  await expect(output(page)).toContainText("exit status 127");
  await expectAccessible(page);
});

test("each client has its prompt", async ({ page }) => {
  await openConsole(page);
  await run(page, "hostname");
  await expect(output(page)).toContainText("pod/default/other $");
  await page.getByRole("combobox", { name: "Who types" }).selectOption("pod/default/web-1");
  await run(page, "hostname");
  await expect(output(page)).toContainText("pod/default/web-1 $");
  await page.getByRole("combobox", { name: "Who types" }).selectOption("external");
  await run(page, "nslookup web");
  await expect(output(page)).toContainText("outside $");
});

test("pasted lines run in order, and Enter adds a line where one is missing", async ({ page }) => {
  await openConsole(page);
  await run(page, "# first the name, then the pod\n$ hostname\n$ kubectl get pods\n");
  await expect(output(page)).toContainText(/other[\s\S]*web-1\s+1\/1\s+Running/);
  await line(page).fill("cat <<EOF");
  await expect(line(page)).toHaveAttribute("data-incomplete", "");
  await line(page).press("Enter");
  await line(page).pressSequentially("two words");
  await line(page).press("Enter");
  await line(page).pressSequentially("EOF");
  await expect(line(page)).not.toHaveAttribute("data-incomplete");
  await line(page).press("Enter");
  await expect(line(page)).toHaveValue("");
  await expect(output(page).locator("pre").last()).toHaveText("two words");
});

test("up and down go through earlier commands", async ({ page }) => {
  await openConsole(page);
  await run(page, "hostname");
  await run(page, "cat /etc/hosts");
  await line(page).press("ArrowUp");
  await expect(line(page)).toHaveValue("cat /etc/hosts");
  await line(page).press("ArrowUp");
  await expect(line(page)).toHaveValue("hostname");
  await line(page).press("ArrowDown");
  await expect(line(page)).toHaveValue("cat /etc/hosts");
  await line(page).press("ArrowDown");
  await expect(line(page)).toHaveValue("");
});

test("Tab completes tools, options and names, then goes on", async ({ page }) => {
  await openConsole(page);
  const words = page.getByRole("group", { name: "Completion" });
  await line(page).fill("nsl");
  await expect(words.getByRole("button", { name: "nslookup" })).toBeVisible();
  await line(page).press("Tab");
  await expect(line(page)).toHaveValue("nslookup ");
  await line(page).pressSequentially("we");
  await expect(words.getByRole("button", { name: "web.default" })).toBeVisible();
  await line(page).press("Tab");
  await expect(line(page)).toHaveValue("nslookup web");
  await line(page).fill("curl --connect-");
  await expect(words.getByRole("button")).toHaveText(["--connect-timeout", "--connect-to"]);
  await line(page).press("Tab");
  await expect(line(page)).toHaveValue("curl --connect-t");
  await expect(words.getByRole("button")).toHaveCount(2);
  await line(page).fill("curl http://web");
  await expect(words.getByRole("button", { name: "http://web/", exact: true })).toBeVisible();
  await line(page).press("Tab");
  await expect(words.getByRole("button", { name: "http://web/", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(line(page)).toHaveValue("curl http://web/");
  await expect(line(page)).toBeFocused();
});

test("a command's walk is one click away", async ({ page }) => {
  await openConsole(page);
  await page.getByRole("combobox", { name: "Who types" }).selectOption("pod/default/web-1");
  await run(page, "curl http://other.default:81/");
  await output(page).getByRole("button", { name: "Show the walk" }).click();
  await expect(command(page)).toHaveValue("curl http://other.default:81/");
  await expect(from(page)).toHaveValue("default/web-1");
  await expect(answer(page)).toContainText("Name not found");
});

test("the tabs are moved through by arrows", async ({ page }) => {
  await openConsole(page);
  const tab = (name: string) => page.getByRole("tab", { name });
  await tab("Console").focus();
  await page.keyboard.press("ArrowRight");
  await expect(tab("Tables")).toBeFocused();
  await expect(tab("Tables")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Home");
  await expect(page.getByRole("tabpanel", { name: "Walk" })).toBeVisible();
  await page.keyboard.press("End");
  await expect(page.getByRole("tabpanel", { name: "Tables" })).toBeVisible();
});

test("the newest output is whole, and the console's tools come when they are first used", async ({ page }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  expect(asked.filter((url) => url.includes("whichpod-console"))).toEqual([]);
  await page.getByRole("tab", { name: "Console" }).click();
  await expect(line(page)).toBeFocused();
  for (const command of ["kubectl get pods -A", "frobnicate"]) await run(page, command);
  await expect(output(page)).toContainText("exit status 127");
  await expect.poll(() => output(page).evaluate((log) => log.scrollHeight - log.clientHeight - log.scrollTop)).toBeLessThan(2);
  expect(asked.filter((url) => /whichpod-console.*wasm/.test(url))).toHaveLength(1);
});

test("what was typed is there after a reload, and a draft comes back", async ({ page }) => {
  await openConsole(page);
  await run(page, "kubectl get pods");
  await page.reload();
  await page.getByRole("tab", { name: "Console" }).click();
  await line(page).fill("half");
  await line(page).press("ArrowUp");
  await expect(line(page)).toHaveValue("kubectl get pods");
  await line(page).press("ArrowDown");
  await expect(line(page)).toHaveValue("half");
});
