// Files and folders from the disk, chosen or dropped. Nothing is uploaded: the browser reads them into the page.

const MANIFEST = /\.(ya?ml|json)$/i;

/**
 * Reads what a file input holds: [[name, text]…] and [[name, reason]…] of what is left out. Of a folder only manifests
 * are read, as the command line's -f does; a file that somebody chose by itself may have any name.
 */
export async function chosen(input, room) {
  const files = [...input.files].map((file) => [file.webkitRelativePath || file.name, file]);
  const folder = input.webkitdirectory;
  input.value = "";
  const taken = folder ? files.filter(([name]) => MANIFEST.test(name)) : files;
  const empty = folder && files.length && !taken.length ? [[files[0][0].split("/")[0], "empty"]] : [];
  return read(taken, room, empty);
}

/** The same of what was dropped. What a drop holds is gone after the event, so the entries are taken at once. */
export async function dropped(transfer, room) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  // Files that have no place on a disk have no entry.
  const found = items.filter((item) => !item.webkitGetAsEntry?.()).map((item) => item.getAsFile()).map((file) => [file.name, file]);
  const refused = [];
  for (const entry of entries) {
    if (entry.isFile) found.push(...(await walked(entry, "", () => true, refused)));
    else {
      const inside = await walked(entry, "", (name) => MANIFEST.test(name), refused);
      if (!inside.length) refused.push([entry.name, "empty"]);
      found.push(...inside);
    }
  }
  return read(found, room, refused);
}

/** Whether a drag carries files, rather than text from somewhere. */
export function carriesFiles(transfer) {
  return transfer.types.includes("Files");
}

/** What a paste brings that no field wants: anything beside the fields, manifests also where only a line can be typed. */
export function pasted(event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const field = event.target?.closest?.("input, textarea, [contenteditable=true], .cm-editor, dialog");
  const manifests = /^\s*["']?(apiVersion|kind)["']?\s*:/m.test(text);
  const line = field?.matches("input[type=text]") && text.includes("\n");
  return text.trim() && (field ? line && manifests : manifests || text.includes("\n")) ? text : undefined;
}

async function walked(entry, folder, wanted, refused) {
  const name = folder + entry.name;
  try {
    if (entry.isFile) {
      return wanted(name) ? [[name, await new Promise((resolve, reject) => entry.file(resolve, reject))]] : [];
    }
    const reader = entry.createReader();
    const found = [];
    // Each call gives a part, at the end none.
    for (;;) {
      const part = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!part.length) return found;
      for (const inner of part) found.push(...(await walked(inner, `${name}/`, wanted, refused)));
    }
  } catch {
    refused.push([name, "unreadable"]);
    return [];
  }
}

async function read(files, room, refused) {
  const texts = [];
  for (const [name, file] of files.sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (file.size > room) {
      refused.push([name, "large"]);
      continue;
    }
    try {
      const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
      if (text.includes("\0")) throw new TypeError("binary");
      room -= file.size;
      texts.push([name, text]);
    } catch (error) {
      refused.push([name, error instanceof TypeError ? "binary" : "unreadable"]);
    }
  }
  return [texts, refused];
}
