import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordedTallies } from "../../../bench/replay/recorded-figures.js";
import { emptySurvey, surveyBlock } from "../../../bench/replay/survey.js";
import { bucketNs, bucketOf } from "../../../native/watch-rows.js";
import { OUTCOMES } from "../../../results/recording/block.js";
import type { Recording } from "../../../results/recording/reader.js";
import { blockOf } from "../../support/recording-rows.js";

const outcome = (name: (typeof OUTCOMES)[number]) => OUTCOMES.indexOf(name);

test("a duration lies in the bucket whose upper end is the next one above it", () => {
  for (const ns of [
    0,
    1,
    1023,
    1024,
    1279,
    1280,
    5000,
    1e6,
    2 ** 31 - 1,
    2 ** 31,
    12_345_678_901,
  ]) {
    const bucket = bucketOf(ns);
    assert.ok(ns < bucketNs(bucket), `${ns}`);
    assert.ok(bucket === 0 || ns >= bucketNs(bucket - 1), `${ns}`);
  }
});

test("what was recorded is counted by file, operation and outcome, without what is not replayed", () => {
  const recording = {
    files: new Map([[1, { filesystem: "ext4" }]]),
    footer: {
      causes: [
        { file: 1, operation: 23, cause: "hole", punts: 2, evidence: "seen", curedBy: null },
        { file: 2, operation: 23, cause: "unwritten", punts: 1, evidence: "", curedBy: null },
      ],
    },
  } as unknown as Recording;
  const tallies = new RecordedTallies();
  surveyBlock(
    emptySurvey(),
    blockOf([
      { latencyNs: 1100 },
      { latencyNs: 1200, outcome: outcome("punted") },
      { latencyNs: 1100, outcome: outcome("punted") },
      { latencyNs: -1, outcome: outcome("forced") },
      { result: -11 },
      { ring: 0, operation: 258 },
    ]),
    (row) => tallies.add(row),
  );
  assert.deepEqual(
    [...tallies.figures(recording)],
    [
      [
        "1 23",
        {
          requests: 4,
          punts: 2,
          forced: 1,
          drained: 0,
          chained: 0,
          inlineLatencies: [[1280, 1]],
          puntedLatencies: [[1280, 2]],
          causes: [{ cause: "hole", punts: 2, evidence: "seen", curedBy: null }],
          filesystem: "ext4",
        },
      ],
    ],
  );
});
