// Keeps the whole site in this browser, so that it opens without a network. Only in published builds: `cargo xtask
// offline` writes sw.js with the list of files, and puts this script into the page.

const workers = navigator.serviceWorker;
const root = document.documentElement;

/** Tells the page that a newer version is kept; the attribute is for a page that listens only later. */
function tell() {
  root.toggleAttribute("data-update", true);
  window.dispatchEvent(new Event("whichpod-update"));
}

/** Calls `tell` once a newer version is whole. The first version ever is no newer one. */
function watch(registration) {
  if (registration.waiting) tell();
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => {
      if (next.state === "installed" && workers.controller) tell();
    });
  });
}

// Only once the person wants it, and not while the page starts: Chromium gives up taking over when a request arrives
// meanwhile. Should that happen, the page is as it was, and the person may want it again.
window.addEventListener("whichpod-update-now", async () => {
  const registration = await workers.getRegistration();
  if (!registration?.waiting) return location.reload();
  workers.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage("take over");
});

/** Settles when the simulator has answered and the editor is there: what is kept for later visits is not to hold them up. */
const answered = new Promise((resolve) => {
  const done = () => {
    observer.disconnect();
    resolve();
  };
  const stands = () => root.hasAttribute("data-simulated") && document.querySelector(".cm-editor, .header ~ .empty");
  const observer = new MutationObserver(() => stands() && done());
  observer.observe(root, { attributes: true, childList: true, subtree: true });
  // Where one of them never comes.
  setTimeout(done, 60_000);
});

// Absent on pages that were not loaded securely, and refused in private windows of some browsers: then the site needs
// the network, as any other.
try {
  if (workers) {
    await answered;
    watch(await workers.register("sw.js"));
  }
} catch (error) {
  console.info("whichpod is not kept for offline use:", error);
}
