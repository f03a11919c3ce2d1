// The browser's own storage: one record of named texts in IndexedDB.

const STORE = "kept";
const KEY = "workspace";

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

/** The record as [name, text] pairs; empty if there is none. */
export async function load() {
  const transaction = (await opened()).transaction(STORE, "readonly");
  return (await settled(transaction.objectStore(STORE).get(KEY))) ?? [];
}

/** Replaces the record; rejects if the browser could not write it (full, or refused). */
export async function save(entries) {
  const transaction = (await opened()).transaction(STORE, "readwrite");
  const written = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
  transaction.objectStore(STORE).put(entries, KEY);
  await written;
}
