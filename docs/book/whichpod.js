// The book's search, and the link to the same page in the other language. Nothing is fetched but the book's own files.
"use strict";

{
  const japanese = document.documentElement.lang === "ja";
  const root = new URL(typeof path_to_root === "string" ? path_to_root || "./" : "./", location.href);

  // The same page in the other language.
  const other = document.createElement("a");
  other.lang = japanese ? "en" : "ja";
  other.textContent = japanese ? "English" : "日本語";
  other.href = new URL(`../${other.lang}/${location.href.split("#")[0].slice(root.href.length)}`, root).href;

  const input = document.createElement("input");
  input.type = "search";
  input.placeholder = japanese ? "検索" : "Search";
  input.setAttribute("aria-label", input.placeholder);
  const list = document.createElement("ol");
  list.hidden = true;

  const tools = document.createElement("div");
  tools.className = "book-tools";
  tools.append(input, list, other);
  document.querySelector(".right-buttons")?.prepend(tools);

  // The index is loaded when somebody searches: a script, since a page opened from the disk may not fetch.
  let loading;
  const index = () =>
    (loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("search-index.js", root).href;
      script.onload = () => resolve(window.bookIndex);
      script.onerror = reject;
      document.head.append(script);
    }));

  const folded = (text) => text.normalize("NFKC").toLowerCase();

  // Every word must occur; in the heading it counts for more.
  const search = (sections, words) =>
    sections
      .map(([page, heading, text]) => {
        const [head, body] = [folded(heading), folded(text)];
        if (!words.every((word) => head.includes(word) || body.includes(word))) return null;
        return { page, heading, text, at: body.indexOf(words[0]), rank: words.filter((word) => head.includes(word)).length };
      })
      .filter((found) => found !== null)
      .sort((one, another) => another.rank - one.rank)
      .slice(0, 20);

  const entry = ({ page, heading, text, at }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const words = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").trim().replace(/\s/g, "-");
    link.href = `${new URL(page, root).href}#${encodeURIComponent(words)}`;
    link.textContent = heading;
    const line = document.createElement("small");
    line.textContent = text.slice(Math.max(0, at - 30), Math.max(0, at) + 90);
    link.append(line);
    item.append(link);
    return item;
  };

  input.addEventListener("input", async () => {
    const words = folded(input.value).split(/\s+/u).filter((word) => word !== "");
    if (words.length === 0) {
      list.hidden = true;
      return;
    }
    const found = search(await index(), words);
    const none = document.createElement("li");
    none.textContent = japanese ? "見つかりません" : "Nothing found";
    list.replaceChildren(...(found.length > 0 ? found.map(entry) : [none]));
    list.hidden = false;
  });
  // mdBook turns pages with arrow keys; not while somebody types.
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      input.value = "";
      list.hidden = true;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      input.focus();
    }
  });
}
