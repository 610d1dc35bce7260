import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadRecording } from "../../../results/recording/reader.js";
import { type BlockPlace, placeOf, rowsInOrder } from "../../../results/recording/rows-in-order.js";
import { RecordingWriter } from "../../../results/recording/writer.js";
import { seededRandom } from "../../../results/seeded-random.js";
import { scratchFolder } from "../../support/kernel.js";
import { blockOf } from "../../support/recording-rows.js";

const folder = scratchFolder();

/** A recording of these blocks, and where they stand. */
function recordingOf(name: string, blocks: readonly (readonly number[])[]) {
  const path = join(folder, name);
  const fd = openSync(path, "wx");
  const writer = new RecordingWriter(fd);
  const startedAt = new Date().toISOString();
  const kernel = { kernelRelease: "6.18.0", kernelVersion: "#1", machine: "x64" };
  const header = { version: 1 as const, toolVersion: "0.1.0", startedAt, anonymised: false };
  writer.line({ type: "recording", ...header, ...kernel });
  for (const times of blocks) writer.block(blockOf(times.map((atNs) => ({ atNs }))));
  closeSync(fd);
  const places: BlockPlace[] = [];
  loadRecording(path, (block, position) => places.push(placeOf(block, position)));
  return { path, places };
}

const timesOf = ({ path, places }: ReturnType<typeof recordingOf>) =>
  [...rowsInOrder(path, places)].map(({ block, row }) => block.atNs[row]);

test("rows of blocks that overlap in time come in the order of their times", () => {
  const times = timesOf(recordingOf("overlap", [[1, 3, 9], [], [2, 4, 5], [6, 7], [0, 8]]));
  assert.deepEqual(times, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("rows of many blocks, some of them not in order themselves, come in order, each once", () => {
  const random = seededRandom(7);
  const all: number[] = [];
  const blocks = Array.from({ length: 40 }, (_, index) =>
    Array.from({ length: 50 }, () => {
      // Every tenth request was under way for long: it was submitted in the time of an earlier block.
      const late = random() < 0.1 ? Math.floor(random() * 20) : 0;
      const at = Math.max(0, index - late) * 1000 + Math.floor(random() * 1000);
      all.push(at);
      return at;
    }),
  );
  const times = timesOf(recordingOf("many", blocks));
  assert.deepEqual(
    times,
    all.toSorted((a, b) => a - b),
  );
});

test("a recording whose blocks all overlap is refused before it fills the memory", () => {
  const times = Float64Array.from({ length: 65_536 }, (_, at) => at);
  const { path, places } = recordingOf("hostile", [[...times]]);
  const [place] = places;
  assert.ok(place);
  const rows = rowsInOrder(
    path,
    Array.from({ length: 40 }, () => place),
  );
  assert.throws(() => [...rows], /too many blocks of it overlap/);
});
