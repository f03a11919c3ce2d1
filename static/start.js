// Starts the page. A file of its own, so that the Content-Security-Policy can refuse every inline script. Which build it
// starts stands in the attributes of its own element; Trunk writes them (Trunk.toml, pattern_script).

const { page, wasm } = document.querySelector("script[data-page]").dataset;

/** What the page cannot do without: without it there is no language chosen yet, so both are written. */
const missing = ["WebAssembly", "Worker", "CSSStyleSheet"].filter((name) => !(name in window));

/** Whether a copy that was damaged is whole again. Once a visit: what fails then is no copy. */
async function isRepaired() {
  try {
    if (sessionStorage.getItem("whichpod.repaired")) return false;
    sessionStorage.setItem("whichpod.repaired", "1");
    const { renewed } = await import("./renew.js");
    const files = [page, wasm].map((path) => renewed(new URL(path, document.baseURI).href));
    return (await Promise.all(files)).includes(true);
  } catch {
    return false;
  }
}

function say(...sentences) {
  const main = document.createElement("main");
  main.className = "cannot";
  const heading = document.createElement("h1");
  heading.textContent = "whichpod";
  const alert = document.createElement("div");
  alert.setAttribute("role", "alert");
  main.append(heading, alert);
  for (const [lang, text] of sentences) {
    const paragraph = document.createElement("p");
    paragraph.lang = lang;
    paragraph.textContent = text;
    alert.append(paragraph);
  }
  document.body.replaceChildren(main);
}

if (missing.length) {
  const names = missing.join(", ");
  say(
    ["en", `This browser lacks what the page needs, or blocks it: ${names}. A current Chrome, Edge, Firefox or Safari has it. What you kept in this browser is untouched.`],
    ["ja", `このブラウザーでは、ページに必要な機能が使えないか、ブロックされています：${names}。最新の Chrome、Edge、Firefox、Safari をお使いください。このブラウザーに保存した内容はそのままです。`],
  );
} else {
  try {
    const { default: start } = await import(new URL(page, document.baseURI).href);
    await start({ module_or_path: new URL(wasm, document.baseURI) });
  } catch (error) {
    console.error(error);
    if (await isRepaired()) location.reload();
    say(
      ["en", "The page could not be loaded. Check the connection and reload. What you kept in this browser is untouched."],
      ["ja", "ページを読み込めませんでした。接続を確認して、再読み込みしてください。このブラウザーに保存した内容はそのままです。"],
    );
  }
}

/** Folded parts that lie over the page: they close as menus do. */
function close(leaves, focus = false) {
  for (const over of document.querySelectorAll("details.over[open]")) {
    if (!leaves(over)) continue;
    over.open = false;
    if (focus) over.querySelector("summary").focus();
  }
}

addEventListener("pointerdown", ({ target }) => close((over) => !over.contains(target)), true);
addEventListener("click", ({ target }) => target.closest?.(".chip") && close((over) => over.contains(target)));
addEventListener("keydown", ({ key, target }) => key === "Escape" && close((over) => over.contains(target), true), true);
