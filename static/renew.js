// A file of the site that doesn't run may be a damaged copy of those that are kept for offline use: it is fetched anew.

/** Puts the network's file in the copy's place. False if none is kept, or the network doesn't give it. */
export async function renewed(url) {
  try {
    const keeping = [];
    for (const name of await caches.keys()) {
      const kept = await caches.open(name);
      if (name.startsWith("whichpod-") && (await kept.match(url))) keeping.push(kept);
    }
    if (!keeping.length) return false;
    // The service worker leaves such a request to the network.
    const file = await fetch(url, { cache: "no-store" });
    if (!file.ok) return false;
    await Promise.all(keeping.map((kept) => kept.put(url, file.clone())));
    return true;
  } catch {
    return false;
  }
}
