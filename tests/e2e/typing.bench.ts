// Typing in five megabytes of manifests: no task of the page may block longer than 50 ms. Needs the optimised build
// (`cargo xtask build`) and a machine that does nothing else, so it is no part of the tests: `npm run bench`. What each task
// took of the processor is told beside its duration: where the two differ, the machine did something else.

import { type Page, expect, test } from "@playwright/test";
import { MANIFESTS, manifests, open } from "./page";

const BYTES = 5 * 1024 * 1024;
const MOST_MS = 50;

/** A task of a page's main thread; in milliseconds. */
interface Task {
  duration: number;
  processor: number;
}

/** What the trace of a browser holds of an event, as far as it is of interest. Times are in microseconds. */
interface Event {
  name: string;
  pid: number;
  tid: number;
  dur?: number;
  tdur?: number;
  args: { name?: string };
}

/** The tasks of a page's main thread while something happens. */
async function tasks(page: Page, during: () => Promise<void>): Promise<Task[]> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const events: Event[] = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...(value as unknown as Event[])));
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel"] } });
  await during();
  const complete = new Promise((resolve) => session.on("Tracing.tracingComplete", resolve));
  await session.send("Tracing.end");
  await complete;
  const thread = (event: Event) => `${event.pid} ${event.tid}`;
  const named = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const main = new Set(named.map(thread));
  const ran = events.filter((event) => main.has(thread(event)) && event.name.endsWith("RunTask") && event.dur !== undefined);
  return ran.map(({ dur = 0, tdur = 0 }) => ({ duration: dur / 1000, processor: tdur / 1000 }));
}

test("typing in a paste of 5 MB never blocks longer than 50 ms", async ({ page }) => {
  test.setTimeout(180_000);
  const count = Math.ceil(BYTES / (MANIFESTS.length + 4));
  const text = Array.from({ length: count }, (_, at) => MANIFESTS.replaceAll(/\b(web|other)\b/g, `$&${at}`)).join("---\n");
  await open(page);
  await manifests(page).fill(text);
  await expect(page.getByText(`${3 * count} objects`)).toBeVisible({ timeout: 120_000 });
  await manifests(page).focus();
  await page.keyboard.press("ControlOrMeta+Home");
  const all = await tasks(page, async () => {
    for (let word = 0; word < 5; word++) {
      await page.keyboard.type("# a comment that somebody types\n", { delay: 30 });
      // A pause between two thoughts, in which the page keeps the text.
      await page.waitForTimeout(1500);
    }
  });
  const long = all.filter(({ duration }) => duration > MOST_MS).sort((one, other) => other.duration - one.duration);
  const told = long.map(({ duration, processor }) => `${Math.round(duration)} ms (${Math.round(processor)} ms)`);
  console.log(`${long.length} of ${all.length} tasks beyond ${MOST_MS} ms (of the processor):`, told.join(", "));
  const most = Math.max(...all.map(({ processor }) => processor));
  console.log(`the most that one task took of the processor: ${Math.round(most)} ms`);
  expect(most).toBeGreaterThan(0);
  expect(long).toEqual([]);
});
