// Benchmarks in a browser, with the settings of the journeys: `npm run bench`.

import config from "./playwright.config";

export default { ...config, testMatch: "*.bench.ts", workers: 1, retries: 0 };
