// The browser's own storage: for each workspace a record of named texts, in IndexedDB.

const STORE = "kept";

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new DOMException("another tab holds an older version open", "AbortError"));
  });

const opened = (() => {
  let database;
  return () => {
    database ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("whichpod", 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      settled(request).then(resolve, reject);
    });
    return database;
  };
})();

/** A record as [name, text] pairs; empty if there is none. */
export async function load(key) {
  const transaction = (await opened()).transaction(STORE, "readonly");
  return (await settled(transaction.objectStore(STORE).get(key))) ?? [];
}

/** Replaces a record; rejects if the browser could not write it (full, or refused). */
export async function save(key, entries) {
  await written((store) => store.put(entries, key));
}

/** Takes a record away. */
export async function remove(key) {
  await written((store) => store.delete(key));
}

/** The keys of all records. */
export async function keys() {
  const transaction = (await opened()).transaction(STORE, "readonly");
  return settled(transaction.objectStore(STORE).getAllKeys());
}

async function written(change) {
  const transaction = (await opened()).transaction(STORE, "readwrite");
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  change(transaction.objectStore(STORE));
  await done;
}

/** Offers a record as a file to keep. */
export function download(name, entries) {
  const text = JSON.stringify({ whichpod: 1, entries }, null, 1);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  // The download has begun by the next task.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/** The record in a file that `download` made; rejects if it is none. */
export async function upload(input) {
  const [file] = input.files;
  const text = await file.text();
  input.value = "";
  const { whichpod, entries } = JSON.parse(text);
  if (whichpod !== 1 || !entries.every((pair) => pair.length === 2 && pair.every((part) => typeof part === "string"))) {
    throw new TypeError("not a workspace");
  }
  return [file.name.replace(/\.whichpod\.json$|\.json$/i, ""), entries];
}
