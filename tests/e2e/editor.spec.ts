// The left column: files as tabs, from the disk and by keyboard, and what the editor knows.

import { mkdtemp, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Page, expect, test } from "@playwright/test";
import { MANIFESTS, answer, ask, expectAccessible, expectNoSidewaysScroll, manifests, open, problems, walk } from "./page";

const tabs = (page: Page) => page.getByRole("tablist", { name: "Files" }).getByRole("tab");
const tab = (page: Page, name: string) => page.getByRole("tab", { name, exact: true });
const tool = (page: Page, name: string) => page.locator(".tabs-tools").getByRole("button", { name });

const [SERVICE, ...PODS] = MANIFESTS.split("---\n");

/** A file for each object: the Service in the first, the pods in the second. */
async function openTwo(page: Page) {
  await open(page);
  await ask(page, PODS.join("---\n"), "pod/default/other", "curl http://web/");
  await tool(page, "New file").click();
  await expect(tabs(page)).toHaveCount(2);
  await manifests(page).fill(SERVICE);
  await expect(answer(page)).toContainText("default/web-1");
}

test("several files are one cluster, and a jump goes to the right one", async ({ page }) => {
  await openTwo(page);
  await expect(page.getByText("3 objects")).toBeVisible();
  await tab(page, "manifests.yaml").click();
  await expect(manifests(page)).toContainText("name: web-1");
  await walk(page).locator(".hop-because").getByRole("button", { name: /^service default\/web.*manifests-2\.yaml line \d+$/ }).first().click();
  await expect(tab(page, "manifests-2.yaml")).toHaveAttribute("aria-selected", "true");
  await expect(page.locator(".cm-decided").first()).toBeInViewport();
  await expectAccessible(page);
});

test("each file keeps its own history", async ({ page }) => {
  await openTwo(page);
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("# second");
  await tab(page, "manifests.yaml").click();
  await manifests(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("# first");
  await tab(page, "manifests-2.yaml").click();
  await manifests(page).focus();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(manifests(page)).not.toContainText("# second");
  await tab(page, "manifests.yaml").click();
  await expect(manifests(page)).toContainText("# first");
});

test("files are chosen, renamed and closed by keyboard, and come back", async ({ page }) => {
  await openTwo(page);
  await tab(page, "manifests-2.yaml").focus();
  await page.keyboard.press("F2");
  await page.getByRole("textbox", { name: "Name of the file" }).fill("service.yaml");
  await page.keyboard.press("Enter");
  await tab(page, "service.yaml").focus();
  await page.keyboard.press("ArrowLeft");
  await expect(tab(page, "manifests.yaml")).toBeFocused();
  await expect(manifests(page)).toContainText("name: web-1");
  await page.keyboard.press("End");
  await page.keyboard.press("Delete");
  await expect(tabs(page)).toHaveCount(1);
  await expect(tab(page, "manifests.yaml")).toBeFocused();
  await expect(answer(page)).not.toContainText("default/web-1");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tab(page, "service.yaml")).toHaveAttribute("aria-selected", "true");
  await expect(answer(page)).toContainText("default/web-1");
});

test("files stay between visits", async ({ page }) => {
  await openTwo(page);
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#w1\./);
  await page.reload();
  await expect(tabs(page)).toHaveText(["manifests.yaml", "manifests-2.yaml"]);
  await expect(answer(page)).toContainText("default/web-1");
});

test("files and a folder are opened from the disk; what is no text is named", async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), "whichpod-"));
  await mkdir(join(folder, "k8s/base"), { recursive: true });
  await writeFile(join(folder, "k8s/base/service.yaml"), SERVICE);
  await writeFile(join(folder, "k8s/pods.yml"), PODS.join("---\n"));
  await writeFile(join(folder, "k8s/notes.txt"), "nothing of interest");
  await writeFile(join(folder, "picture.yaml"), Buffer.from([0xff, 0xd8, 0xff, 0x00]));
  await open(page);
  await page.locator(".tabs-tools input[type=file][webkitdirectory]").setInputFiles(join(folder, "k8s"));
  await expect(tabs(page)).toHaveText(["k8s/base/service.yaml", "k8s/pods.yml"]);
  await expect(page.getByText("3 objects")).toBeVisible();
  await page.locator(".tabs-tools input[type=file]:not([webkitdirectory])").setInputFiles(join(folder, "picture.yaml"));
  await expect(page.getByRole("alert")).toContainText("picture.yaml: not a text in UTF-8");
  await expect(tabs(page)).toHaveCount(2);
  await expectAccessible(page);
});

test("a dropped file becomes a tab beside what was written, and can be undone", async ({ page }) => {
  await open(page);
  await manifests(page).fill(PODS.join("---\n"));
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "service.yaml"));
    return transfer;
  }, SERVICE);
  await page.locator(".cm-content").dispatchEvent("dragover", { dataTransfer: transfer });
  await expect(page.getByText("Drop files or folders here")).toBeVisible();
  await page.locator(".cm-content").dispatchEvent("drop", { dataTransfer: transfer });
  await expect(tabs(page)).toHaveText(["manifests.yaml", "service.yaml"]);
  await expect(page.getByText("3 objects")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tabs(page)).toHaveText(["manifests.yaml"]);
});

test("a problem with a known mend is mended with one click, and that can be undone", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS.replace("targetPort: 8080", "targetport: 8080"), "pod/default/other", "curl http://web/");
  const problem = problems(page).getByRole("listitem").filter({ hasText: "targetport" }).first();
  await problem.getByRole("button", { name: /^Fix: targetport → targetPort$/ }).click();
  await expect(page.getByText("No problems found")).toBeVisible();
  await expect(answer(page)).toContainText("default/web-1");
  await expectAccessible(page);
  await manifests(page).focus();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(problem).toBeVisible();
});

test("a jump leads back to where it came from, by button and by key", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  const link = walk(page).locator(".hop-because").getByRole("button", { name: /^service default\/web/ }).first();
  await link.click();
  await expect(manifests(page)).toBeFocused();
  await page.keyboard.press("Alt+ArrowLeft");
  await expect(link).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(manifests(page)).toBeFocused();
  await page.getByRole("button", { name: "Back" }).click();
  await expect(link).toBeFocused();
  await expect(page.getByRole("button", { name: "Back" })).toBeHidden();
});

test("fields, values and names are completed", async ({ page }) => {
  await open(page);
  await ask(page, `${MANIFESTS}---\napiVersion: v1\nkind: Service\nmetadata:\n  name: more\nspec:\n`, "pod/default/other", "curl http://web/");
  await manifests(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("  typ");
  const options = page.getByRole("listbox").getByRole("option");
  await expect(options.first()).toContainText("type");
  await expect(page.locator(".cm-completionInfo")).toContainText("type determines how the Service is exposed");
  await page.keyboard.press("Enter");
  await expect(options.filter({ hasText: "NodePort" })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.type("NodeP");
  await page.keyboard.press("Enter");
  await expect(manifests(page)).toContainText("type: NodePort");
  await page.keyboard.press("Enter");
  await page.keyboard.type("selector:");
  await page.keyboard.press("Enter");
  await page.keyboard.type("  app: ");
  await page.keyboard.press("Control+Space");
  await expect(options.filter({ hasText: "other" })).toBeVisible();
});

test("a field is explained under the pointer and with F1", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/other", "curl http://web/");
  await expect(answer(page)).toContainText("default/web-1");
  await page.locator(".cm-line").getByText("targetPort").hover();
  const explained = page.locator(".cm-explained");
  await expect(explained).toContainText("Service spec.ports[0].targetPort");
  await expect(explained).toContainText("Number or name of the port to access on the pods");
  await page.mouse.move(0, 0);
  await expect(explained).toBeHidden();
  await manifests(page).focus();
  await page.keyboard.press("ControlOrMeta+Home");
  for (let line = 0; line < 5; line++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("F1");
  await expect(explained).toContainText("Service spec.selector");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(explained).toBeHidden();
});

test("documents and blocks fold by keyboard", async ({ page }) => {
  await open(page);
  await manifests(page).fill(MANIFESTS);
  await expect(page.getByText("3 objects")).toBeVisible();
  await manifests(page).focus();
  await page.keyboard.press("Control+Alt+[");
  const folded = page.locator(".cm-foldPlaceholder");
  await expect(folded).toHaveText(["… Service web", "… Pod web-1", "… Pod other"]);
  await expectAccessible(page);
  await page.keyboard.press("Control+Alt+]");
  await expect(folded).toHaveCount(0);
  await page.keyboard.press("ControlOrMeta+Home");
  for (let line = 0; line < 4; line++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+Shift+BracketLeft");
  await expect(folded).toHaveText(["…"]);
  await expect(manifests(page)).not.toContainText("targetPort");
});

for (const [width, locale] of [[1440, "ja-JP"], [390, "en-GB"], [360, "ja-JP"]] as const) {
  test(`the left column at ${width} pixels (${locale}): nothing is cut off, axe finds nothing`, async ({ browser }) => {
    const context = await browser.newContext({ viewport: { width, height: 800 }, locale, colorScheme: "dark" });
    const page = await context.newPage();
    await open(page);
    if (await page.locator("#tab-yaml").count()) await page.locator("#tab-yaml").click();
    await page.locator(".workspaces > summary").click();
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await page.locator(".workspaces > summary").click();
    for (let file = 0; file < 3; file++) await page.locator(".tabs-tools button").first().click();
    await expect(page.locator(".tabs-list").getByRole("tab")).toHaveCount(4);
    await expectNoSidewaysScroll(page);
    await expectAccessible(page);
    await context.close();
  });
}

test("a text of one line leaves the editor whole", async ({ page }) => {
  const crashes: string[] = [];
  page.on("console", (message) => void (message.text().includes("crashed") && crashes.push(message.text())));
  await open(page);
  await manifests(page).fill("kind: Service");
  await expect(problems(page)).toContainText("line 1");
  await manifests(page).fill(MANIFESTS);
  await expect(page.locator(".cm-foldGutter").getByTitle("Fold line", { exact: true }).first()).toBeVisible();
  expect(crashes).toEqual([]);
});

test("whole objects are offered where a document begins", async ({ page }) => {
  await open(page);
  await manifests(page).fill(MANIFESTS);
  await manifests(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("---\ndeploy");
  const options = page.getByRole("listbox").getByRole("option");
  await expect(options.first()).toContainText("deployment + service");
  await options.first().click();
  await expect(manifests(page)).toContainText("kind: Deployment");
  await expect(page.getByText("5 objects")).toBeVisible();
});
