// Journeys against dist/, which must be built before (`cargo xtask build`). The browser is the system's: CHROMIUM names it.

import { defineConfig } from "@playwright/test";

const port = Number(process.env.PORT ?? 4173);

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  fullyParallel: true,
  workers: 2,
  timeout: 60_000,
  // A wait ends when what it waits for is there: this is for a machine that does something else, too.
  expect: { timeout: 10_000 },
  // A busy machine may make one journey late; a second try says so in the report.
  retries: process.env.CI ? 2 : 0,
  reporter: "list",
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    locale: "en-GB",
    // Journeys see what was built, not what an earlier visit kept; offline.spec.ts allows it.
    serviceWorkers: "block",
    viewport: { width: 1440, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
    // Every action of a trace keeps the page as it was, which takes longer than many a journey: a second try has one.
    trace: "on-first-retry",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // Chromium refuses its sandbox to root, as in containers.
      args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
    },
  },
  webServer: {
    command: `node serve.mjs ${port}`,
    port,
    reuseExistingServer: !process.env.CI,
  },
});
