// Every state of the page, wide and narrow, light and dark, in both languages: axe finds nothing, nothing hangs over the
// side, no text is cut off, no line crosses a word of the map. States are known by marks that are the same in both
// languages. SHOTS=folder keeps a picture of each, to be looked at; SIZES="1280x720 820x1180" asks other
// sizes than the usual two.

import { type Page, expect, test } from "@playwright/test";
import { MANIFESTS, askFrom, crowd, expectAccessible, expectNoSidewaysScroll, expectNothingCutOff, open, openExample } from "./page";

type Reach = (page: Page) => Promise<void>;

async function ends(page: Page, outcome: string) {
  await expect(page.locator(`.answer[data-outcome="${outcome}"]:not([aria-busy])`)).toBeAttached();
}

/** Opens a tab; on a narrow page those of the wide one stand in others. */
async function tab(page: Page, ...ids: string[]) {
  await page.locator(ids.map((id) => `#tab-${id}`).join(", ")).first().click();
}

/** What a narrow page has in tabs. */
const yaml = async (page: Page) => {
  if (await page.locator("#tab-yaml").count()) await tab(page, "yaml");
};
const map = async (page: Page) => {
  if (await page.locator("#tab-map").count()) await tab(page, "map");
};

function example(id: string, outcome: string): Reach {
  return async (page) => {
    await openExample(page, id);
    await expect(page.locator(".guide")).toHaveAttribute("data-example", id);
    await ends(page, outcome);
  };
}

function ask(from: string, command: string, outcome: string): Reach {
  return async (page) => {
    await askFrom(page, from);
    await page.locator(".command input").fill(command);
    await page.locator(".command input").press("Enter");
    await ends(page, outcome);
  };
}

function run(command: string, prints: string): Reach {
  return async (page) => {
    await page.locator(".console-input").fill(command);
    await page.locator(".console-input").press("Enter");
    await expect(page.locator(".console-entry").last()).toContainText(prints);
  };
}

function paste(text: string, objects: number): Reach {
  return async (page) => {
    await yaml(page);
    await page.locator(".cm-content").fill(text);
    await expect(page.locator(".manifests > .panel-head")).toContainText(new RegExp(`(?<!\\d)${objects}(?!\\d)`));
  };
}

function kind(name: string): Reach {
  return async (page) => {
    const button = page.locator(".tables-kinds button").filter({ has: page.getByText(name, { exact: true }) });
    await button.click();
    await expect(button).toHaveAttribute("aria-pressed", "true");
    await expect(page.locator(".tables table, .tables > p.soft").first()).toBeVisible();
  };
}

/** A path that only nginx' own regular expressions can read. */
const UNREAD = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {nginx.ingress.kubernetes.io/use-regex: "true"}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/(.)\\1', pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}
`;

/** The states, each reached from the one before. */
const STATES: [string, Reach][] = [
  ["first answer, delivered", (page) => ends(page, "delivered")],
  ["candidates", async (page) => {
    await tab(page, "walk");
    const closed = page.locator(".hop-turner[aria-expanded=false]");
    while (await closed.count()) await closed.first().click();
    const folded = page.locator(".candidates:not([open]) > summary");
    while (await folded.count()) await folded.first().click();
    await expect(page.locator(".candidate").first()).toBeVisible();
  }],
  ["why not", async (page) => {
    await tab(page, "pods", "answer");
    await page.locator(".why-not select").selectOption({ index: 1 });
    await expect(page.locator(".why-not-reason")).toBeVisible();
  }],
  ["what if", async (page) => {
    await tab(page, "what-if");
    await page.locator(".what-if select").nth(1).selectOption("traefik");
    await page.locator(".what-if [role=status] > details > summary").click();
    await expect(page.locator(".what-if .hop").first()).toBeVisible();
  }],
  ["a hundred requests", async (page) => {
    await page.locator(".what-if button.primary").click();
    await tab(page, "pods", "answer");
    await page.locator(".question-send button").nth(2).click();
    await expect(page.locator(".landings-told")).toContainText("100");
  }],
  ["menu of a pod", async (page) => {
    await map(page);
    await page.locator('.map-spot[aria-haspopup="menu"]').last().click();
    await expect(page.locator(".map-menu")).toBeInViewport();
  }],
  ["copy or save", async (page) => {
    await page.keyboard.press("Escape");
    await page.locator(".export > button").click();
    await expect(page.locator(".export-menu")).toBeInViewport({ ratio: 1 });
  }],
  ["link", async (page) => {
    await page.keyboard.press("Escape");
    await page.locator(".tools > .labelled[aria-haspopup=dialog]").click();
    await expect(page.locator(".share input").first()).toBeVisible();
  }],
  ["the examples", async (page) => {
    await page.keyboard.press("Escape");
    await page.locator(".gallery-open").click();
    await expect(page.locator(".gallery-card").first()).toBeVisible();
  }],
  ["all entrances", async (page) => {
    await page.keyboard.press("Escape");
    await tab(page, "entrances");
    await expect(page.locator(".entrance").first()).toBeVisible();
  }],
  ["before and after", async (page) => {
    await tab(page, "compare");
    await page.locator(".compare select").selectOption("traefik");
    await expect(page.locator(".compare-change").first()).toBeVisible();
  }],
  ["console", async (page) => {
    await page.locator("#tab-console").click();
    const pod = await page.locator('.console-client option[value^="pod/default/front"]').first().getAttribute("value");
    await page.locator(".console-client").selectOption(pod);
    await run("nslookup front", "10.96")(page);
    await run("dig front.default.svc.cluster.local", "ANSWER SECTION")(page);
    await run("kubectl get pods -A -o wide", "NOMINATED NODE")(page);
  }],
  ["table of pods", async (page) => {
    await page.locator("#tab-tables").click();
    await kind("pods")(page);
  }],
  ...["services", "endpoints", "endpointslices", "ingresses", "nodes"].map((name): [string, Reach] => [name, kind(name)]),
  ["guide, timed out", async (page) => {
    await tab(page, "walk");
    await example("nodeport-local", "dropped")(page);
    await page.locator(".guide > summary").click();
  }],
  ["refused", example("no-endpoints", "refused")],
  ["answered by a proxy", example("class-missing", "responded")],
  ["leaves the cluster", example("no-selector", "external")],
  ["unresolved", ask("pod/default/client", "curl http://nowhere.default/", "unresolved")],
  ["unknown", async (page) => {
    await paste(`${MANIFESTS}---\n${UNREAD}`, 4)(page);
    await ask("external", "curl http://shop.example.com/aa", "unknown")(page);
  }],
  ["completion", async (page) => {
    await page.locator(".command input").fill("curl ");
    await expect(page.locator(".command [role=option]").first()).toBeVisible();
  }],
  ["complaint", async (page) => {
    await page.locator(".command input").fill("curl --no-such-option");
    await page.locator(".command input").press("Escape");
    await expect(page.locator("#complaint")).not.toBeEmpty();
  }],
  ["asked before", async (page) => {
    await page.locator(".history summary").click();
    await expect(page.locator(".history button").first()).toBeVisible();
  }],
  ["problems", async (page) => {
    await page.keyboard.press("Escape");
    await expect(page.locator(".history-body")).toBeHidden();
    await paste(`kind: Service\nmetadata: [}\n---\n${MANIFESTS.replace("port: 80", "prot: 80")}`, 2)(page);
    await expect(page.locator(".problem").nth(1)).toBeVisible();
  }],
  ["three hundred pods", async (page) => {
    await paste(crowd(300), 4)(page);
    await ask("pod/default/other", "curl http://web/", "delivered")(page);
    await map(page);
    await expect(page.locator(".map-spot[data-crowd]").first()).toBeVisible();
  }],
  ["everything on the map", async (page) => {
    await map(page);
    await page.locator(".map-tools > button").first().click();
    await page.locator(".map-text > summary").click();
    await expect(page.locator(".map-text li").first()).toBeVisible();
  }],
  ["files and another kind of cluster", async (page) => {
    await yaml(page);
    await page.locator(".cluster select").first().selectOption("k3s");
    await expect(page.locator(".cluster select").first()).toHaveValue("k3s");
    await page.locator(".tabs-tools button").first().click();
    await expect(page.locator(".tab")).toHaveCount(2);
  }],
  ["search in the editor", async (page) => {
    await page.locator(".cm-content").press("ControlOrMeta+f");
    await expect(page.locator(".cm-search")).toBeVisible();
  }],
  ["list of problems in the editor", async (page) => {
    await page.locator(".tab").first().click();
    await page.locator(".cm-content").press("ControlOrMeta+Shift+M");
    await expect(page.locator(".cm-panel-lint")).toBeVisible();
  }],
  ["workspaces", async (page) => {
    await page.locator(".workspaces > summary").click();
    await expect(page.locator(".workspaces select")).toBeVisible();
  }],
  ["keys", async (page) => {
    await page.keyboard.press("Escape");
    await page.locator(".brand").click();
    await page.keyboard.press("?");
    await expect(page.locator(".keys-head")).toBeVisible();
  }],
  ["nothing pasted", async (page) => {
    await page.keyboard.press("Escape");
    if (!(await page.locator(".workspaces[open]").count())) await page.locator(".workspaces > summary").click();
    await page.locator(".workspaces-name input").fill("second");
    await page.locator(".workspaces-name button").first().click();
    await tab(page, "answer", "walk");
    await expect(page.locator(".empty-command").first()).toBeVisible();
  }],
  ["a part of another page", async (page) => {
    await page.goto("about:blank");
    await open(page, "./#embed=headless");
    await expect(page.locator(".header")).toHaveCount(0);
    await ends(page, "found");
  }],
];

/** Keeps a picture of what is to be seen. */
async function keep(page: Page, folder: string, name: string) {
  await page.screenshot({ path: `${folder}/${name}.png` });
}

for (const size of (process.env.SIZES ?? "1440x900 390x844").split(" ")) {
  const [width = 0, height = 0] = size.split("x").map(Number);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const locale of ["en-GB", "ja-JP"]) {
      test(`${size} pixels, ${colorScheme}, ${locale}`, async ({ browser }) => {
        test.setTimeout(180_000);
        const context = await browser.newContext({ colorScheme, locale, viewport: { width, height } });
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        await open(page);
        for (const [at, [name, reach]] of STATES.entries()) {
          await test.step(name, async () => {
            await reach(page);
            if (process.env.SHOTS) await keep(page, process.env.SHOTS, `${size}-${colorScheme}-${locale}/${at} ${name}`);
            await expectNoSidewaysScroll(page, name);
            await expectNothingCutOff(page, name);
            await expectAccessible(page, name);
          });
        }
        await context.close();
      });
    }
  }
}
