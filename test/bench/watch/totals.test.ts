import assert from "node:assert/strict";
import { test } from "node:test";
import { Totals } from "../../../bench/watch/totals.js";
import { watchRow } from "../../support/watch-rows.js";

const row = (inode: number, requests: number) =>
  watchRow({ inode, requests, inlineLatencies: [[1280, requests]] });

test("readings of one row are added up, counts and histograms", () => {
  const totals = new Totals();
  const first = row(1, 3);
  totals.add([first]);
  totals.add([
    watchRow({
      inode: 1,
      requests: 4,
      inlineLatencies: [
        [1024, 1],
        [1280, 2],
        [2560, 1],
      ],
    }),
  ]);
  const [sum, ...others] = totals.rows();
  assert.deepEqual([sum?.requests, others.length], [7, 0]);
  assert.deepEqual(sum?.inlineLatencies, [
    [1024, 1],
    [1280, 5],
    [2560, 1],
  ]);
  assert.deepEqual(
    first.inlineLatencies,
    [[1280, 3]],
    "the report of the first reading has changed",
  );
});

test("what does not fit any more are the rows that were not used for longest, and they are counted", () => {
  const totals = new Totals(2);
  totals.add([row(1, 10), row(2, 20)]);
  totals.add([row(1, 1)]);
  totals.add([row(3, 30)]);
  assert.deepEqual(
    [...totals.rows()].map(({ inode }) => inode),
    [1, 3],
  );
  assert.deepEqual(totals.dropped, { rows: 1, requests: 20 });
});
