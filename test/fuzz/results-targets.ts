import assert from "node:assert/strict";
import { deflateSync, inflateSync } from "node:zlib";
import { acceptorOf } from "../../analysis/bulk/acceptor.js";
import { firstIssue, parseJson } from "../../analysis/bulk/read-trials.js";
import { diagnosisOf } from "../../analysis/fleet/doctor.js";
import { indexLimit } from "../../results/buckets.js";
import { HistogramReader, histogramQuantiles } from "../../results/histogram.js";
import { Header, ResultsLine, Trial } from "../../results/schema.js";
import { upgradeHeader, upgradeTrial } from "../../results/upgrade.js";
import { hasUnseen, visible, visibleDeep } from "../../terminal/quote.js";
import { fixtureLines, type Line } from "../analysis/fixture.js";
import { replayedFile, replayLine } from "../analysis/fixture-replay.js";
import { type FuzzTarget, mayRefuse } from "./target.js";

const RUN = { kernelLabel: "6.12", rounds: 1, writes: 32, queueDepths: [8] } as const;
const lines = (): Line[] => [...fixtureLines(RUN)];

/** Cookie and length, which stand before the compressed part. */
const HEAD_BYTES = 8;
const reader = new HistogramReader();

function encodedHistograms(): Buffer[] {
  return lines()
    .flatMap((line) => [...JSON.stringify(line).matchAll(/"histogram":"([^"]+)"/g)])
    .slice(0, 8)
    .map(([, text]) => Buffer.from(text as string, "base64"));
}

function decode(encoded: Buffer): void {
  mayRefuse(/^histogram: /, () => {
    const histogram = reader.decode(encoded.toString("base64"));
    const { buckets, indices, counts, total } = histogram;
    assert.ok(Number.isFinite(total) && total >= 0, `total ${total}`);
    assert.ok(buckets.highest.length <= 2 * indexLimit(buckets) + 4096, "a table without end");
    indices.forEach((index, at) => {
      assert.ok(at === 0 || index > (indices[at - 1] as number), "indices do not ascend");
      assert.ok((buckets.highest[index] as number) >= 0, `index ${index} has no bucket`);
      assert.ok((counts[at] as number) >= 0, "a negative count");
    });
    if (total === 0) return;
    const quantiles = histogramQuantiles(histogram, [0, 0.5, 1]);
    assert.ok(
      quantiles.every((value) => value >= 0),
      `quantiles ${quantiles}`,
    );
  });
}

/** What `doctor` said on a host of a fleet: kept by other programs, and shown. */
const diagnosis: FuzzTarget = {
  name: "diagnosis",
  samples: () =>
    ["blocker", "warning", "note"].map((severity) =>
      Buffer.from(JSON.stringify({ fit: true, findings: [{ severity, what: "load 9.1" }] })),
    ),
  check(input) {
    const found = diagnosisOf(input.toString("utf8"));
    const texts = [...(found?.blockers ?? []), ...(found?.warnings ?? [])];
    assert.ok(!texts.some(hasUnseen), "a text that a terminal acts on");
  },
};

const histogram: FuzzTarget = { name: "histogram", samples: encodedHistograms, check: decode };

/** Changes what is inside the compression. */
const histogramCounts: FuzzTarget = {
  name: "histogram-counts",
  samples: () => encodedHistograms().map((encoded) => inflateSync(encoded.subarray(HEAD_BYTES))),
  check(input) {
    const body = deflateSync(input, { level: 1 });
    const head = Buffer.alloc(HEAD_BYTES);
    head.writeUInt32BE(0x1c849304, 0);
    head.writeUInt32BE(body.length, 4);
    decode(Buffer.concat([head, body]));
  },
};

const acceptsTrial = acceptorOf(Trial);

/** The quick test and zod must agree, and what is shown of a line must be harmless. */
const resultsLine: FuzzTarget = {
  name: "results-line",
  samples: () => {
    const all = lines();
    const replay = replayLine([replayedFile(1, 10, 310)]);
    return [...all.slice(0, 4), ...all.slice(-1), replay].map((line) =>
      Buffer.from(JSON.stringify(line)),
    );
  },
  check(input) {
    const value = parseJson(input.toString("utf8"));
    if (value === null) return;
    const trial = Trial.safeParse(upgradeTrial(value));
    assert.equal(acceptsTrial(upgradeTrial(value)), trial.success, "the acceptor and zod disagree");
    const header = Header.safeParse(upgradeHeader(value));
    for (const { error } of [trial, header]) {
      if (error) assert.ok(!hasUnseen(firstIssue(error)));
    }
    const line = ResultsLine.safeParse(value);
    if (line.success) assert.ok(!hasUnseen(JSON.stringify(visibleDeep(line.data))));
  },
};

const label: FuzzTarget = {
  name: "visible-text",
  samples: () => [Buffer.from("6.12 \u202e\u001b[31mr\u009b"), Buffer.from("größe µs 🐧")],
  check(input) {
    const shown = visible(input.toString("utf8"));
    assert.ok(!hasUnseen(shown), JSON.stringify(shown));
    assert.equal(visible(shown), shown);
  },
};

export const RESULTS_TARGETS: readonly FuzzTarget[] = [
  histogram,
  histogramCounts,
  resultsLine,
  diagnosis,
  label,
];
