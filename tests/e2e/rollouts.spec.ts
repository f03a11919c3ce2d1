// Roll-outs, step by step: the bar above the map, and the console that makes one.

import { type Page, expect, test } from "@playwright/test";
import { answer, ask, expectAccessible, expectNoSidewaysScroll, landings, manifests, open, showPods } from "./page";

const bar = (page: Page) => page.getByRole("group", { name: "Rollout of default/web" });
const button = (page: Page, name: string) => bar(page).getByRole("button", { name });
const rows = (page: Page) => landings(page).getByRole("listitem");

const set = (kind: string, name: string, image: string, more: string) => `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}${kind === "ReplicaSet" ? ", ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true, uid: a}]" : ""}}
spec:
  replicas: 1
  ${more}
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: "${image}", ports: [{containerPort: 80}]}]}}
---`;

const CLUSTER = `${set("Deployment", "web", "nginx:2", "strategy: {type: Recreate}")}${set("ReplicaSet", "web-old", "nginx:1", "minReadySeconds: 0")}
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: c, image: alpine}]}
`;

test("a roll-out is stepped through by keyboard, in the World document, and taken back", async ({ page }) => {
  await open(page);
  await ask(page, CLUSTER, "pod/default/client", "curl http://web/");
  await expect(bar(page)).toContainText("step 5 of 5");
  await expect(bar(page)).toContainText("It is complete.");
  await expect(button(page, "Next")).toHaveAttribute("aria-disabled", "true");
  const slider = bar(page).getByRole("slider");
  await slider.focus();
  await page.keyboard.press("ArrowLeft");
  await expect(bar(page)).toContainText("step 4 of 5");
  await button(page, "First").focus();
  await page.keyboard.press("Enter");
  await expect(bar(page)).toContainText("step 1 of 5");
  await expect(manifests(page)).toContainText(/default\/web:\s*step: 1/);
  await showPods(page);
  await expect(rows(page)).toContainText(["web-old"]);

  await button(page, "Next").focus();
  await page.keyboard.press("Enter");
  await expect(bar(page)).toContainText("step 2 of 5");
  await expect(button(page, "Next")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(bar(page)).toContainText("step 3 of 5");
  await expect(answer(page)).toContainText("Refused");
  await expectAccessible(page);
  await expectNoSidewaysScroll(page);
  await page.getByRole("alert").getByRole("button", { name: "Undo" }).click();
  await expect(bar(page)).toContainText("step 2 of 5");
});

test("a roll-out plays from its first step to its last", async ({ page }) => {
  await open(page);
  await ask(page, CLUSTER, "pod/default/client", "curl http://web/");
  await expect(bar(page)).toContainText("step 5 of 5");
  await button(page, "Play").click();
  for (const step of [1, 2, 3, 4, 5]) await expect(bar(page)).toContainText(`step ${step} of 5`);
  await expect(button(page, "Play")).toHaveAttribute("aria-pressed", "false");
});
