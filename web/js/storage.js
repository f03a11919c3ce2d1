// The browser's own storage: for each workspace a record of named texts, in IndexedDB. Long ones are written by a worker,
// which runs this same file: putting five megabytes into a record takes longer than a frame.

const STORE = "kept";

/** What the worker is called, by which it knows what it is. */
const WRITER = "whichpod-storage";

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

/** The record that this tab keeps, and whether another tab keeps it instead: then nothing is written here. */
let mine = { key: undefined, elsewhere: false, known: Promise.resolve(), release() {} };

/** How long a page that is loaded anew waits for itself to let go of its record, in steps. */
const PATIENCE_MS = 300;
const STEP_MS = 50;

/** A record that nobody keeps for so many looks in a row is free: the tab that kept it is closed, not loaded anew. */
const LOOKS = 3;
const LOOK_MS = 1000;

const later = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

/**
 * Keeps a record for this tab, and lets go of the one before. False if another tab keeps it; `granted` is called once that
 * has let it go. Where the browser has no locks, every tab writes.
 */
export async function hold(key, granted) {
  mine.release();
  if (!navigator.locks) return true;
  const own = { key, elsewhere: false, over: false };
  const held = new Promise((resolve) => (own.release = () => resolve((own.over = true))));
  const name = `whichpod ${key}`;
  const take = () => new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => (resolve(lock !== null), lock ? held : null));
  });
  own.known = (async () => {
    for (let waited = 0; waited <= PATIENCE_MS; waited += STEP_MS) {
      if (await take()) return;
      await later(STEP_MS);
    }
    own.elsewhere = true;
    watch();
  })();
  const watch = async () => {
    for (let free = 0; !own.over; await later(LOOK_MS)) {
      const { held } = await navigator.locks.query();
      free = held.some((lock) => lock.name === name) ? 0 : free + 1;
      if (free < LOOKS || own.over || !(await take())) continue;
      own.elsewhere = false;
      return granted();
    }
  };
  mine = own;
  await own.known;
  return !own.elsewhere;
}

/** Replaces a record; rejects if the browser could not write it (full, or refused). Texts come as strings or as bytes. */
export async function save(key, entries) {
  if (key === mine.key) {
    await mine.known;
    if (mine.elsewhere) return;
  }
  const buffers = entries.flatMap(([, text]) => (typeof text === "string" ? [] : [text.buffer]));
  if (buffers.length && writer()) return handOver(key, entries, buffers);
  await inTurn((store) => store.put(strings(entries), key));
}

/** Takes a record away. */
export async function remove(key) {
  await inTurn((store) => store.delete(key));
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

/** After what the worker has to write: the older text must not come last. */
async function inTurn(change) {
  await Promise.all(handedOver.values());
  await written(change);
}

function strings(entries) {
  const decoder = new TextDecoder();
  return entries.map(([name, text]) => [name, typeof text === "string" ? text : decoder.decode(text)]);
}

/** What the worker has not written yet, by number; these promises are never rejected. */
const handedOver = new Map();
const answers = new Map();
let handed = 0;

/** The worker, started for the first long text; null where it does not start: then texts are written here. */
const writer = (() => {
  let worker;
  const start = () => {
    const started = new Worker(import.meta.url, { type: "module", name: WRITER });
    started.onmessage = ({ data: [number, error] }) => answers.get(number)?.(error);
    started.onerror = () => {
      worker = null;
      for (const answer of answers.values()) answer("the worker that writes does not run");
    };
    return started;
  };
  return () => (worker === undefined ? (worker = start()) : worker);
})();

/** Has the worker replace a record. */
async function handOver(key, entries, buffers) {
  const number = ++handed;
  const answered = new Promise((resolve) => answers.set(number, resolve));
  handedOver.set(number, answered);
  writer().postMessage([number, key, entries], buffers);
  const error = await answered;
  answers.delete(number);
  handedOver.delete(number);
  if (error) throw new DOMException(error, "DataError");
}

/** The worker's side. */
if (globalThis.WorkerGlobalScope && self.name === WRITER) {
  self.onmessage = async ({ data: [number, key, entries] }) => {
    try {
      await written((store) => store.put(strings(entries), key));
      postMessage([number, null]);
    } catch (error) {
      postMessage([number, String(error)]);
    }
  };
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
