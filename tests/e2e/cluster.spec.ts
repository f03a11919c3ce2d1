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

test("the version of Kubernetes is chosen, and decides what is accepted", async ({ page }) => {
  await open(page);
  const version = page.getByRole("combobox", { name: "Kubernetes version" });
  await expect(version).toHaveValue("1.37");
  await version.selectOption("1.35");
  await expect(manifests(page)).toContainText(/kubernetesVersion: "?1\.35/);
  await expect(version).toHaveValue("1.35");
  await expect(page.getByRole("alert")).toContainText("version of Kubernetes");
  await page.getByRole("alert").getByRole("button", { name: "Undo" }).click();
  await expect(version).toHaveValue("1.37");
});
