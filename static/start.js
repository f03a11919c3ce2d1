// Starts the page. A file of its own, so that the Content-Security-Policy can refuse every inline script. Which build it
// starts stands in the attributes of its own element; Trunk writes them (Trunk.toml, pattern_script).

const { page, wasm } = document.querySelector("script[data-page]").dataset;

// The colours that were chosen, before the first frame. Where storage is refused, the system's hold.
try {
  const theme = localStorage.getItem("whichpod.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}

const { default: start } = await import(new URL(page, document.baseURI).href);
await start({ module_or_path: new URL(wasm, document.baseURI) });
