// The kind of cluster, chosen on the page and written into the World document.

import { expect, test } from "@playwright/test";
import { answer, expectAccessible, manifests, open } from "./page";

test("another kind of cluster is written into the texts, and taken back", async ({ page }) => {
  await open(page);
  const cluster = page.getByRole("combobox", { name: "Cluster", exact: true });
  await expect(cluster).toHaveValue("kubeadm");
  await expect(answer(page)).toContainText("Delivered");
  await cluster.selectOption("k3s");
  await expect(page.getByRole("alert")).toContainText("written at the end of the manifests");
  await page.keyboard.press("Escape");
  await expect(manifests(page)).toContainText("preset: k3s");
  await expect(cluster).toHaveValue("k3s");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Undo", exact: true }).first().click();
  await expect(manifests(page)).not.toContainText("preset: k3s");
  await expect(cluster).toHaveValue("kubeadm");
});
