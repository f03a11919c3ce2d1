// Keeps the whole site in this browser, so that it opens without a network. Only in published builds: `cargo xtask
// offline` writes sw.js with the list of files, and puts this script into the page.

const workers = navigator.serviceWorker;

/** A newer version is kept already: take it before anything of the older one starts. */
async function renewed(registration) {
  if (!registration?.waiting) return;
  const taken = new Promise((resolve) => workers.addEventListener("controllerchange", resolve, { once: true }));
  registration.waiting.postMessage("take over");
  await taken;
  location.reload();
}

/** Tells the page when a newer version is kept; it is used from the next visit on. */
function watch(registration) {
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => {
      if (next.state === "installed" && workers.controller) window.dispatchEvent(new Event("whichpod-update"));
    });
  });
}

// Absent on pages that were not loaded securely, and refused in private windows of some browsers: then the site needs
// the network, as any other.
try {
  if (workers) {
    await renewed(await workers.getRegistration());
    watch(await workers.register("sw.js"));
  }
} catch (error) {
  console.info("whichpod is not kept for offline use:", error);
}
