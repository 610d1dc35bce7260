import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, test } from "node:test";
import { hasPolledQueue } from "../../../bench/environment/device.js";
import { driver, noPuntCounter, scratchFolder, smallTrial } from "../../support/kernel.js";
import { sumOf, tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip } = tryToWatch();
after(() => watch?.close());

for (const ring of ["sqpoll", "iopoll"] as const) {
  const noQueue =
    ring === "iopoll" && !hasPolledQueue(folder) && "SKIPPED, this device has no polled queue";
  for (const preparation of ["dd-prefill", "no-fallocate"] as const) {
    test(`${ring}, ${preparation}: every write is counted for its process and file, and every punt`, {
      skip: skip || noPuntCounter || noQueue,
    }, async () => {
      watch?.add(process.pid);
      watch?.take();
      const request = smallTrial(folder, { ring, preparation, keepFile: true });
      const measured = await driver.runTrial(request);
      const { ino } = statSync(request.path);
      const rows = (watch?.take() ?? []).filter(({ inode }) => inode === ino);
      assert.deepEqual(
        {
          process: [...new Set(rows.map((row) => row.process))],
          requests: sumOf(rows, (row) => row.requests),
          bytes: sumOf(rows, (row) => row.bytes),
          punts: sumOf(rows, (row) => row.punts + row.forced + row.drained),
        },
        {
          process: [process.pid],
          requests: measured.writes,
          bytes: measured.bytes,
          punts: measured.puntCount,
        },
      );
      if (preparation === "no-fallocate") assert.ok((measured.puntCount ?? 0) > 0, "no punts");
    });
  }
}
