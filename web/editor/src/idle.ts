// What CodeMirror parses a long text with: the browser's idle time, 25 ms at a time. By itself it goes on for 100 ms where
// the browser has no idle callbacks or tells whether a key waits, and for 45 ms elsewhere: too long for the frame after.

/** Says that no time is left, whereupon CodeMirror takes the least that it works with. */
const NONE: IdleDeadline = { didTimeout: true, timeRemaining: () => 0 };

const WITHOUT_IDLE_MS = 50;

/** In place of the browser's function: `build.mjs` sees to that. */
export const requestIdleCallback = (callback: IdleRequestCallback, options?: IdleRequestOptions): number =>
  globalThis.requestIdleCallback
    ? globalThis.requestIdleCallback(() => callback(NONE), options)
    : window.setTimeout(() => callback(NONE), WITHOUT_IDLE_MS);

/** Its counterpart. */
export const cancelIdleCallback = (handle: number) =>
  globalThis.cancelIdleCallback ? globalThis.cancelIdleCallback(handle) : clearTimeout(handle);
