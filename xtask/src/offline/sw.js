// Keeps the files of one build and serves them, with or without a network. `cargo xtask offline` writes the list.

const FILES = new Map([/* files */]);

/** Of all files together: another build has another name. */
const KEPT = `whichpod-${[...FILES.values()].reduce((sum, hash) => (sum * 31n + BigInt(`0x${hash}`)) % 2n ** 64n, 7n).toString(16)}`;

self.addEventListener("install", (event) => {
  // From the network, not from the browser's own cache, which may hold an older build.
  const requests = [...FILES.keys()].map((path) => new Request(path, { cache: "no-cache" }));
  event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(requests)));
});

self.addEventListener("activate", (event) => {
  const older = (names) => names.filter((name) => name.startsWith("whichpod-") && name !== KEPT);
  event.waitUntil(caches.keys().then((names) => Promise.all(older(names).map((name) => caches.delete(name)))));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const scope = new URL(self.registration.scope);
  // What is not to be stored is wanted from the network: a copy was damaged.
  if (event.request.cache === "no-store") return;
  if (event.request.method !== "GET" || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
  const path = url.pathname.slice(scope.pathname.length) || "index.html";
  if (FILES.has(path)) event.respondWith(kept(path, event.request));
});

async function kept(path, request) {
  // Not by `open`, which would put back, empty, what a newer version has just deleted.
  const file = await caches.match(new URL(path, self.registration.scope), { cacheName: KEPT });
  return file ?? fetch(request);
}
