import { askedOf, openDuckDb } from "../../test/support/sql.js";

// Started by fleet.ts: asks one question in a separate process, and prints on stderr what it took.
const [folder, number] = process.argv.slice(2) as [string, string];
const { all } = await openDuckDb(folder);
const question = askedOf(folder, Number(number));
const startedAt = performance.now();
const rows = await all(question);
const seconds = (performance.now() - startedAt) / 1000;
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
process.stderr.write(
  `${JSON.stringify({ rows: rows.length, seconds, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, maxRssMb: maxRSS / 1024 })}\n`,
);
