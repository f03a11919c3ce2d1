// What a visitor does, from opening the page to sharing it.

import { expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, command, expectAccessible, from, holdSimulator, landings, manifests, open, openExample, problems, showPods, walk } from "./page";

test("the page opens with an example that is answered", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await expect(walk(page).getByRole("listitem").first()).toBeVisible();
  await showPods(page);
  await expect(landings(page).getByRole("listitem")).toHaveCount(2);
  await expect(landings(page)).toContainText("50 %");
  // The same placement as the command line's (README.md), though the page counts in 32 bits.
  await expect(landings(page)).toContainText("10.244.2.177:8080");
  await expect(page.getByRole("region", { name: "Map" })).toContainText("ingress-nginx");
  await expect(page.getByText("No problems found")).toBeVisible();
});

test("the first answer stands before the simulator is there, and is the one that it gives", async ({ page }) => {
  for (const locale of ["en", "ja"]) {
    await page.addInitScript((language) => localStorage.setItem("whichpod.language", language), locale);
    const release = await holdSimulator(page);
    await page.goto("./");
    await expect(page.locator(".answer")).toHaveAttribute("data-outcome", "delivered");
    await expect(page.locator(".cm-content")).toHaveCount(0);
    const given = [await page.locator(".answer").innerText(), await page.locator(".walk").innerText()];
    // Who can ask, and what, is known, too.
    await expect(page.locator(".suggestions button").first()).toBeVisible();
    release();
    await expect(page.locator(".cm-content")).toHaveCount(1);
    expect([await page.locator(".answer").innerText(), await page.locator(".walk").innerText()]).toEqual(given);
    await page.unroute(/whichpod-worker.*\.wasm$/);
  }
});

test("a question that is asked before the simulator is there is answered by it", async ({ page }) => {
  const release = await holdSimulator(page);
  await page.goto("./");
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl http://shop.example.com/");
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.locator(".answer")).toHaveAttribute("aria-busy", "true");
  release();
  await expect(answer(page)).toContainText("default/front");
  await expect(page.locator(".answer")).not.toHaveAttribute("aria-busy", "true");
});

test("without the given answer the simulator's is waited for", async ({ page }) => {
  await page.route(/given\//, (route) => route.abort());
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
});

test("an edit changes the answer at once", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const text = await page.request.get("examples/shop.yaml").then((response) => response.text());
  await manifests(page).fill(text.replace("path: /cart", "path: /basket"));
  await expect(answer(page)).toContainText("default/front");
  await manifests(page).fill(text.replaceAll("shop.example.com", "www.example.com"));
  await expect(answer(page)).not.toContainText("Delivered");
});

test("a question from a pod, by name, and why not the other pod", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await expect(walk(page)).toContainText("Name lookup");
  await showPods(page);
  await expect(landings(page).getByRole("listitem")).toHaveCount(1);
  await page.getByRole("combobox", { name: "Expected pod" }).selectOption("default/other");
  await expect(page.locator(".why-not-reason")).toContainText("app=web");
});

test("a step of the walk leads to the line that decided it", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  const link = walk(page).locator(".hop-because").getByRole("button", { name: /^service default\/web/ }).first();
  const line = Number((await link.textContent())?.match(/line (\d+)$/)?.[1]);
  await link.click();
  const decided = page.locator(".cm-decided").first();
  await expect(decided).toBeInViewport();
  await expect(decided).toHaveText(MANIFESTS.split("\n")[line - 1]);
  await expect(manifests(page)).toBeFocused();
});

test("suggestions ask with one click", async ({ page }) => {
  await open(page);
  const chip = page.getByRole("group", { name: "Try" }).getByRole("button", { name: /curl http:\/\/shop.example.com\/ / });
  await chip.click();
  await expect(command(page)).toHaveValue("curl http://shop.example.com/");
  await expect(answer(page)).toContainText("default/front");
});

test("a command that cannot be read says why, and the last answer stays", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl --no-such-option http://shop.example.com/");
  await expect(command(page)).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#complaint")).toContainText("--no-such-option");
  await expect(answer(page)).toContainText("curl http://shop.example.com/cart");
});

test("a failure says what settled it, with the line", async ({ page }) => {
  await open(page, "./#example=no-endpoints");
  await expect(answer(page)).toContainText("the Service has no usable endpoint");
  await showPods(page);
  await expect(landings(page)).toContainText("Refused");
  await answer(page).getByRole("button", { name: /^service default\/web spec\.selector\s*line \d+$/ }).click();
  await expect(page.locator(".cm-decided").first()).toBeInViewport();
  await expectAccessible(page);
});

test("examples open with their question, and what was there comes back", async ({ page }) => {
  await open(page);
  await manifests(page).fill(MANIFESTS);
  await openExample(page, "no-endpoints");
  await expect(command(page)).not.toHaveValue("curl http://shop.example.com/cart");
  await expect(answer(page)).toContainText("Refused");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(manifests(page)).toContainText("name: web-1");
});

test("a link carries manifests and question into another browser, Secrets' values left out", async ({ page, browser }) => {
  await open(page);
  const secret = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: key\nstringData:\n  password: correct-horse\n";
  await ask(page, MANIFESTS + secret, "pod/default/other", "curl http://web/");
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share" });
  await expect(dialog).toContainText("Values of Secrets that are not in the link: 1");
  await expect(dialog.getByRole("status")).toContainText("Link copied");
  const link = await dialog.getByRole("textbox", { name: "Link", exact: true }).inputValue();
  await expectAccessible(page);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(link);
  await expect(answer(elsewhere)).toContainText("default/web-1");
  await expect(command(elsewhere)).toHaveValue("curl http://web/");
  await expect(from(elsewhere)).toHaveValue("default/other");
  await expect(manifests(elsewhere)).toContainText("name: web-1");
  expect(await elsewhere.evaluate(() => document.body.textContent)).not.toContain("correct-horse");
  await elsewhere.context().close();
});

test("a broken link says so, and the page still works", async ({ page }) => {
  await page.goto("./#w1.abc");
  await expect(page.getByRole("alert")).toContainText("incomplete");
  await expect(answer(page)).toContainText("Delivered");
});

test("more than a link carries is kept by the browser, and Share says so", async ({ page }) => {
  await open(page);
  await manifests(page).fill(`${MANIFESTS}---\n# ${"x".repeat(110 * 1024)}\n`);
  await page.getByRole("button", { name: "Share" }).click();
  await expect(page.getByRole("dialog", { name: "Share" })).toContainText("100 KB");
});

test("a reload loses nothing, not even what a link leaves out", async ({ page }) => {
  await open(page);
  const secret = "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: key\nstringData:\n  password: correct-horse\n";
  await ask(page, secret.slice(4) + "---\n" + MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#w1\./);
  await page.reload();
  await expect(answer(page)).toContainText("default/web-1");
  await expect(manifests(page)).toContainText("correct-horse");
  await expect(command(page)).toHaveValue("curl http://web/");
  await expect(from(page)).toHaveValue("default/other");
});

test("a reload right after typing loses nothing", async ({ page }) => {
  await open(page);
  await manifests(page).fill("# mine\n" + MANIFESTS);
  await expect(manifests(page)).toContainText("# mine");
  await page.reload();
  await expect(manifests(page)).toContainText("# mine");
});

test("broken YAML is told with its line, and the rest is answered", async ({ page }) => {
  await open(page);
  await ask(page, `kind: Service\nmetadata: [}\n---\n${MANIFESTS}`, "pod/default/other", "curl http://web/");
  const problem = problems(page).getByRole("listitem").first();
  await expect(problem).toContainText("Error");
  await expect(problem.getByRole("button", { name: /line \d+/ })).toBeVisible();
  await expect(page.locator(".cm-lintRange-error").first()).toBeAttached();
  await expect(answer(page)).toContainText("default/web-1");
});

test("an empty editor says what to paste", async ({ page }) => {
  await open(page);
  await manifests(page).fill("");
  await expect(page.getByRole("heading", { name: "Paste your manifests" })).toBeVisible();
  await expect(page.getByText(/kubectl get nodes,namespaces,pods/)).toBeVisible();
  await page.getByRole("button", { name: "Copy", exact: true }).first().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^kubectl get .* -A -o yaml$/);
});

test("a question can be asked with the keyboard alone", async ({ page }) => {
  await open(page);
  await command(page).focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("curl http://shop.example.com/");
  await page.keyboard.press("Enter");
  await expect(answer(page)).toContainText("default/front");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Send" })).toBeFocused();
});

test("Escape, then Tab leaves the editor", async ({ page }) => {
  await open(page);
  await manifests(page).focus();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(manifests(page)).not.toBeFocused();
});

test("long texts are replaced as a whole", async ({ page }) => {
  await open(page);
  const many = Array.from({ length: 200 }, (_, at) => MANIFESTS.replaceAll(/web|other/g, `$&${at}`)).join("---\n");
  await manifests(page).fill(many);
  await expect(page.getByText("600 objects")).toBeVisible();
  await manifests(page).fill(MANIFESTS);
  await expect(page.getByText("3 objects")).toBeVisible();
});

test("edits at both ends of a long text are answered and kept", async ({ page }) => {
  await open(page);
  const many = Array.from({ length: 200 }, (_, at) => MANIFESTS.replaceAll(/web|other/g, `$&${at}`)).join("---\n");
  await manifests(page).fill(`# 日本語 😀\n${many}`);
  await expect(page.getByText("600 objects")).toBeVisible();
  await manifests(page).press("ControlOrMeta+End");
  await page.keyboard.insertText("---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: last\n");
  await expect(page.getByText("601 objects")).toBeVisible();
  await manifests(page).press("ControlOrMeta+Home");
  await page.keyboard.insertText("apiVersion: v1\nkind: Namespace\nmetadata:\n  name: first\n---\n");
  await expect(page.getByText("602 objects")).toBeVisible();
  await manifests(page).press("ControlOrMeta+z");
  await expect(page.getByText("601 objects")).toBeVisible();
  await page.reload();
  await expect(page.getByText("601 objects")).toBeVisible();
  await expect(manifests(page)).toContainText("日本語 😀");
});

test("manifests that are pasted anywhere bring their own question", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const paste = (text: string, selector: string) => page.locator(selector).evaluate((element, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
  await paste(MANIFESTS, ".map");
  await expect(manifests(page)).toContainText("name: web-1");
  await expect(command(page)).toHaveValue("curl http://web/");
  await expect(from(page)).toHaveValue("default/other");
  await expect(answer(page)).toContainText("default/web-1");
  await expect(page.getByRole("alert")).toContainText("another one is asked");
  // A question that suits stays.
  await manifests(page).fill(MANIFESTS.replaceAll("web-1", "web-7"));
  await expect(answer(page)).toContainText("default/web-7");
  await expect(command(page)).toHaveValue("curl http://web/");
});

test("an Ingress without a host is asked at its controller", async ({ page }) => {
  await open(page);
  await manifests(page).fill(`${MANIFESTS}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: all}
spec: {ingressClassName: nginx, rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
`);
  await expect(command(page)).toHaveValue("curl http://INGRESS/");
  await expect(answer(page)).toContainText("default/web-1");
});

test("a fix stands beside the answer that it mends", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS.replace("    app: web\n  ports", "    app: wep\n  ports"), "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("Refused");
  await page.locator(".answer").getByRole("button", { name: /^Fix:/ }).click();
  await expect(answer(page)).toContainText("default/web-1");
});

test("while the simulator still comes, the last verdict is pale and the page says why", async ({ page }) => {
  const release = await holdSimulator(page);
  await page.goto("./");
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl http://shop.example.com/");
  await command(page).press("Enter");
  await expect(answer(page)).toContainText("Starting the simulator");
  await expect(page.locator(".answer")).toHaveAttribute("data-stale", "");
  const colour = () => page.locator(".answer-outcome").evaluate((element) => getComputedStyle(element).color);
  const pale = await colour();
  release();
  await expect(answer(page)).toContainText("default/front");
  await expect(page.locator(".answer")).not.toHaveAttribute("data-stale", "");
  expect(await colour()).not.toBe(pale);
});

test("typing a command announces nothing until it pauses", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  const said = await page.evaluateHandle(() => {
    const said: string[] = [];
    const status = document.querySelector(".answer-outcome")!.parentElement!;
    new MutationObserver(() => said.push(status.querySelector(".answer-outcome")?.textContent ?? "")).observe(status, { childList: true, subtree: true, characterData: true });
    return said;
  });
  await command(page).fill("");
  await command(page).pressSequentially("curl http://shop.example.com/", { delay: 20 });
  await expect(answer(page)).toContainText("default/front");
  expect(new Set(await said.jsonValue())).toEqual(new Set(["Delivered"]));
});

test("a lookup that nobody answers is no name that is missing", async ({ page }) => {
  await open(page);
  const deny = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny-all}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n";
  await ask(page, MANIFESTS + deny, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("Name lookup failed");
  await expect(answer(page)).not.toContainText("Name not found");
  await expect(page.locator(".answer")).toHaveAttribute("data-outcome", "unanswered");
  await expect(page.locator(".hop").last()).toContainText("fails");
  await page.getByRole("tab", { name: "Console" }).click();
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  for (const line of ["nc -zv web 80", "ping -c 1 web"]) {
    await prompt.fill(line);
    await prompt.press("Enter");
    await expect(page.locator(".console-entry").last()).toContainText("Temporary failure in name resolution");
  }
});

test("where nothing listens at a node, the Ingress's controller is one click away", async ({ page }) => {
  await open(page);
  await expect(answer(page)).toContainText("Delivered");
  await command(page).fill("curl http://NODE(node-1)/");
  await command(page).press("Enter");
  await expect(answer(page)).toContainText("Refused");
  await page.locator(".answer-instead").getByRole("button").click();
  await expect(command(page)).toHaveValue("curl http://shop.example.com/");
  await expect(answer(page)).toContainText("default/front");
});

test("what is wrong with an object as a whole underlines its kind", async ({ page }) => {
  await open(page);
  await manifests(page).fill(`${MANIFESTS}---\n${MANIFESTS.split("---\n")[1]}`);
  await expect(problems(page).getByRole("listitem").first()).toBeVisible();
  await expect(page.locator(".cm-lintRange").first()).toHaveText("Pod");
});

test("a value that is nearly right has a fix: one of a list, a kind, a number in quotes", async ({ page }) => {
  await open(page);
  const text = await page.request.get("examples/shop.yaml").then((response) => response.text());
  const wrong = text.replace("pathType: Prefix", "pathType: prefix").replace("kind: Service\n", "kind: Servce\n").replace("number: 80", 'number: "80"');
  await manifests(page).fill(wrong);
  for (const [before, after] of [['"80"', "80"], ["prefix", "Prefix"], ["Servce", "Service"]]) {
    await problems(page).getByRole("button", { name: `Fix: ${before} → ${after}`, exact: true }).first().click();
  }
  await expect(page.getByText("No problems found")).toBeVisible();
  await expect(answer(page)).toContainText("Delivered");
});
