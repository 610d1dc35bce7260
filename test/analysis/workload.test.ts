import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { workloads } from "../../analysis/estimates/workload.js";
import { type Analysis, analyse } from "../../analysis/loading/analysis.js";
import { workloadFindings } from "../../analysis/report/finding-workload.js";
import { writeReport } from "../../analysis/report/run.js";
import { launchBrowser, noBrowser, openReport } from "./browser.js";
import { replayedFile, replayLine, replayRun } from "./fixture-replay.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-workload-"));
after(() => rmSync(folder, { recursive: true }));

function resultsOf(name: string, ...runs: object[][]): string {
  const input = join(folder, name);
  mkdirSync(input);
  for (const [index, lines] of runs.entries()) {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    writeFileSync(join(input, `${index}.jsonl`), text);
  }
  return input;
}

const load = (name: string, ...runs: object[][]): Promise<Analysis> =>
  analyse([resultsOf(name, ...runs)]);

/** The kernel of the recording, 7.3 that punts for timestamps, and 6.12 that does not. */
const SAME = replayRun("6.18", replayLine([replayedFile(1, 10, 12), replayedFile(2, 0, 0)]));
const CALM = replayRun("6.12", replayLine([replayedFile(1, 10, 0), replayedFile(2, 0, 1)]));
const PUNTS = replayRun("7.3", replayLine([replayedFile(1, 10, 310), replayedFile(2, 0, 995)]));

/** Its warning names the file. */
const CUT_OFF = PUNTS.slice(0, 2);

async function reportOf(name: string, ...runs: object[][]): Promise<{ out: string; text: string }> {
  const out = join(folder, `${name}-report`);
  await writeReport([resultsOf(name, ...runs)], { out, iops: "100k", p99: "2ms" });
  return { out, text: readFileSync(join(out, "report.md"), "utf8") };
}

test("findings say which files punt on which kernel, why, and what avoids it", async () => {
  const analysis = await load("findings", SAME, CALM, PUNTS);
  assert.deepEqual(workloadFindings(analysis), [
    "On 7.3, 99.5 % of the writev requests to /data/file-2 and 31 % of those to /data/file-1 would punt, instead of 0 % to 1 % when they were recorded, because the file's timestamp was due. Cure: lazytime.",
    "On 6.12 and 6.18 the requests would punt as they did when they were recorded: at most 1.2 % of those to one file.",
  ]);
});

test("a replay that does not agree with its recording on the same kernel is told first, with by how much", async () => {
  const wrong = replayRun("6.18", replayLine([replayedFile(1, 10, 110)]));
  const [first] = workloadFindings(await load("wrong", wrong, PUNTS));
  assert.match(
    first ?? "",
    /^A replay does not agree with its recording on the same kernel \(6\.18\): of the writev requests to \/data\/file-1 1 % punted when they were recorded, and 11 % in the replay, 10\.0 points more\./,
  );
  const unseen = { requests: 0, punts: 0, causes: [] };
  const lost = replayRun("6.18", replayLine([replayedFile(1, 10, 0, unseen)]));
  assert.match(workloadFindings(await load("lost", lost))[0] ?? "", /in the replay none were seen/);
});

test("another filesystem, another kernel, a what-if and few requests are no disagreement", async () => {
  const xfs = replayedFile(1, 10, 500);
  xfs.recorded = { ...xfs.recorded, filesystem: "xfs" };
  const few = replayedFile(2, 0, 3, { requests: 4 });
  few.recorded = { ...few.recorded, requests: 4 };
  const whatIf = { preparation: "no-fallocate" as const, iowqWorkers: 2 };
  const analysis = await load(
    "agreeing",
    replayRun("6.18", replayLine([xfs, few])),
    replayRun("6.18", replayLine([replayedFile(1, 10, 900)], { whatIf }), { boot: 1 }),
    PUNTS,
  );
  assert.ok(workloadFindings(analysis).every((sentence) => !sentence.includes("not agree")));
  const [workload] = workloads(analysis.replayed);
  assert.deepEqual(
    workload?.places.map(({ name }) => name),
    ["6.18", "6.18 (no-fallocate, at most 2 workers)", "7.3"],
  );
});

test("verdicts need three boots of each kernel, or a file of which all requests punt or none", async () => {
  const boots = (kernel: string, punts: readonly number[]) =>
    punts.map((count, boot) =>
      replayRun(kernel, replayLine([replayedFile(1, 10, count), replayedFile(2, 0, 0)]), {
        boot,
        emulated: true,
      }),
    );
  const verdictsOf = async (name: string, ...runs: object[][]) => {
    const [workload] = workloads((await load(name, ...runs)).replayed);
    return workload?.operations.map(({ at }) => at.at(-1)?.verdict);
  };
  const same = boots("6.18", [10, 12, 11]);
  assert.deepEqual(await verdictsOf("three", ...same, ...boots("7.3", [310, 306, 315])), [
    "worse",
    "within",
  ]);
  assert.deepEqual(await verdictsOf("one", ...same, ...boots("7.3", [310])), [
    "not enough data",
    "within",
  ]);
});

test("what was not seen is said and never drawn as 0, and times of an emulated CPU are not shown", async () => {
  const unseen = replayedFile(1, 10, 0, { requests: 0, causes: [] });
  const line = replayLine([unseen, replayedFile(2, 0, 995)]);
  const { out, text } = await reportOf("unseen", SAME, replayRun("7.3", line));
  assert.match(text, /^## Your workload on other kernels$/m);
  assert.match(
    text,
    /^\| \/data\/file-1 \| writev\s16\sKiB \| 1,000 \| 1\s% \| 1\.2\s%: timestamp \| not seen \|$/m,
  );
  const spec = JSON.parse(readFileSync(join(out, "workload-1.vl.json"), "utf8"));
  const cells: { place: string; file: string; value: number | null; label: string }[] =
    spec.data.values;
  const cell = cells.find(({ place, file }) => place === "7.3" && file === "/data/file-1");
  assert.deepEqual([cell?.value, cell?.label], [null, "n/m"]);
  assert.match(
    text,
    /No times are shown for 7\.3: the CPU was emulated there.*at most so late there: 1 ms on 7\.3\./,
  );
  const times = text.slice(text.indexOf("Latency and CPU time, on real hardware"));
  assert.match(times, /\| \/data\/file-1 \| writev \| 6\.18 \| 131 µs \| 164 µs \|/);
  assert.doesNotMatch(times.slice(0, times.indexOf("</details>")), /7\.3/);
  assert.match(times, /submitters 10 µs, io-wq workers 2 µs, at most 2 workers/);
});

test("what makes a replay less than its recording is said", async () => {
  const line = replayLine([replayedFile(1, 10, 10, { failed: 2 })], {
    leftOut: [{ reason: "its file is not known", requests: 7 }],
    filesOfUnknownState: ["/data/file-1"],
  });
  line.recording = { ...line.recording, damage: "it ends inside a frame", lostEvents: null };
  const { text } = await reportOf("cautions", replayRun("6.18", line));
  assert.match(text, /It was replayed on one kernel only: nothing can be compared\./);
  assert.match(text, /^- The recording is damaged: it ends inside a frame\./m);
  assert.match(text, /^- The recorder lost an unknown number of events/m);
  assert.match(text, /^- 6\.18: 7 requests left out, because its file is not known\.$/m);
  assert.match(text, /^- 6\.18: 2 requests failed\.$/m);
  assert.match(text, /^- 6\.18: the state of \/data\/file-1 is not in the recording/m);
});

test("a damaged line of a replay is passed over and named", async () => {
  const [header, line, footer] = SAME as [object, object, object];
  const { runs } = await load("damaged", [header, { ...line, rings: -1 }, footer]);
  assert.match(runs[0]?.warnings[0] ?? "", /line 2: damaged replay \(rings: .*\): passed over/);
});

test("the section is drawn in a browser, and a narrow window needs no scrolling to the side", {
  skip: noBrowser,
}, async () => {
  const { out } = await reportOf(`browser-${"long".repeat(30)}`, SAME, CALM, CUT_OFF);
  const browser = await launchBrowser();
  try {
    const { page, consoleMessages } = await openReport(browser, join(out, "index.html"), "light");
    const chart = page.locator('[data-chart="workload-1"]');
    const cells = await chart.locator("svg.marks .mark-rect.role-mark path").count();
    assert.equal(cells, 8);
    const words = await chart.locator("svg.marks .role-mark text").allTextContents();
    assert.ok(words.includes("31 %") && words.includes("timestamp"), words.join(" "));
    await page.setViewportSize({ width: 400, height: 900 });
    const width = await page.evaluate("document.documentElement.scrollWidth");
    assert.ok(Number(width) <= 400, `the page is ${width} pixels wide`);
    assert.deepEqual(consoleMessages, []);
  } finally {
    await browser.close();
  }
});
