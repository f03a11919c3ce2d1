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
  await page.locator("input[type=file][webkitdirectory]").setInputFiles(join(folder, "k8s"));
  await expect(tabs(page)).toHaveText(["k8s/base/service.yaml", "k8s/pods.yml"]);
  await expect(page.getByText("3 objects")).toBeVisible();
  await page.locator("input[type=file]:not([webkitdirectory])").setInputFiles(join(folder, "picture.yaml"));
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
