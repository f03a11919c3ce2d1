// kubectl in the console: it reads the manifests and writes into them, and every change can be undone.

import { type Page, expect, test } from "@playwright/test";
import { answer, ask, expectAccessible, manifests, open } from "./page";

const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: nginx
spec:
  replicas: 1
  selector: {matchLabels: {app: nginx}}
  template:
    metadata: {labels: {app: nginx}}
    spec: {containers: [{name: nginx, image: nginx, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: c, image: example.com/tools}]}
`;

const line = (page: Page) => page.getByRole("textbox", { name: "Prompt" });
const output = (page: Page) => page.getByRole("log", { name: "Console output" });
const undo = (page: Page) => page.getByRole("alert").getByRole("button", { name: "Undo" });

async function openConsole(page: Page) {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/client", "curl http://nginx/");
  await expect(answer(page)).toContainText("Name not found");
  await page.getByRole("tab", { name: "Console" }).click();
}

async function run(page: Page, text: string) {
  await line(page).fill(text);
  await line(page).press("Enter");
  await expect(line(page)).toHaveValue("");
}

test("exposing, scaling and deleting change the manifests and the answer, and can be undone", async ({ page }) => {
  await openConsole(page);
  await run(page, "kubectl expose deployment nginx --port=80");
  await expect(output(page)).toContainText("service/nginx exposed");
  await expect(manifests(page)).toContainText("kind: Service");
  await expect(page.getByRole("alert")).toContainText("is written into the manifests");
  await expect(answer(page)).toContainText("Delivered");
  await expectAccessible(page);
  await run(page, "kubectl scale deploy nginx --replicas=3");
  await expect(output(page)).toContainText("deployment.apps/nginx scaled");
  await expect(manifests(page)).toContainText("replicas: 3");
  await run(page, "kubectl get ep nginx -o jsonpath='{.subsets[0].addresses[2].targetRef.kind}'");
  await expect(output(page)).toContainText(/Pod/);
  await run(page, "kubectl delete svc nginx && kubectl delete deploy nginx");
  await expect(output(page)).toContainText('service "nginx" deleted');
  await expect(manifests(page)).not.toContainText("nginx");
  await expect(answer(page)).toContainText("Name not found");
  await undo(page).click();
  await expect(manifests(page)).toContainText("replicas: 3");
  await expect(answer(page)).toContainText("Delivered");
  await undo(page).click();
  await expect(manifests(page)).toContainText("replicas: 1");
  await undo(page).click();
  await expect(manifests(page)).not.toContainText("kind: Service");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a question changes nothing, and says where to type it", async ({ page }) => {
  await open(page);
  await ask(page, MANIFESTS, "pod/default/client", "kubectl scale deploy nginx --replicas=0");
  await expect(page.getByText("type it in the console below")).toBeVisible();
  await expect(manifests(page)).toContainText("replicas: 1");
});
