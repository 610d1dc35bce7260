import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { cannotRun, scratchFolder } from "../../support/kernel.js";
import { puntbench } from "../../support/puntbench.js";
import { fioJob, recordFio } from "../../support/recording.js";
import { tryToWatch } from "../../support/watching.js";

const folder = scratchFolder();
const { watch, skip: noWatch } = tryToWatch();
watch?.close();
const skip = noWatch || cannotRun("fio", "--version");

test("fio reads an exported recording, and issues its reads, writes and fsyncs on files of its own", {
  skip,
}, async () => {
  const file = join(folder, "mixed");
  const job = ["--rw=randrw", "--overwrite=1", "--fsync=16", "--iodepth=1", "--rate_iops=300,300"];
  const { output, outcome, stdout } = await recordFio(folder, "mixed", fioJob(file, 256, ...job));
  assert.equal(outcome.code, 0, outcome.stderr);
  const iolog = join(folder, "mixed.iolog");
  const args = ["record", "--from", output, "--export", "fio-iolog", "-o", iolog, "--json"];
  const exported = await puntbench(args);
  assert.equal(exported.code, 0, exported.stderr);
  const { lines, files } = JSON.parse(exported.stdout);
  assert.deepEqual(files, [{ name: "file-1", path: file }]);
  const text = readFileSync(iolog, "utf8");
  assert.ok(text.startsWith("fio version 3 iolog\n0 file-1 add\n0 file-1 open\n"));
  assert.ok(!text.includes(file), "fio would write to the recorded program's file");
  const times = [...text.matchAll(/^(\d+) file-1 /gm)].map(([, us]) => Number(us));
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  const place = join(folder, "replayed");
  mkdirSync(place);
  const recorded = JSON.parse(stdout).jobs[0];
  const replayed = fioReplays(iolog, place);
  const layout = (text.match(/ write /g)?.length ?? 0) - recorded.write.total_ios;
  assert.ok(layout >= 0, "writes are missing");
  assert.equal(replayed.read.total_ios, recorded.read.total_ios);
  assert.equal(replayed.write.total_ios, recorded.write.total_ios + layout);
  assert.equal(replayed.sync.total_ios, text.match(/ sync /g)?.length);
  assert.ok(replayed.sync.total_ios > 0);
  assert.equal(lines, replayed.read.total_ios + replayed.write.total_ios + replayed.sync.total_ios);
  assert.ok(existsSync(join(place, "file-1")));
});

function fioReplays(iolog: string, place: string) {
  const args = ["--name=replay", `--read_iolog=${iolog}`, "--ioengine=io_uring", "--iodepth=4"];
  const report = execFileSync("fio", [...args, "--output-format=json"], {
    cwd: place,
    encoding: "utf8",
  });
  const [job] = JSON.parse(report.slice(report.indexOf("{"))).jobs;
  assert.equal(job.error, 0);
  return job;
}

test("wrong options of an export end with one line and exit code 2, and make no file", async () => {
  const output = join(folder, "never.iolog");
  for (const [args, message] of [
    [["--export", "csv", "--from", output], /--export/],
    [["--export", "fio-iolog"], /Name it with --from/],
    [["--from", output], /--export/],
    [["--export", "fio-iolog", "--from", output, "--all"], /records nothing/],
  ] as const) {
    const { code, stderr } = await puntbench(["record", "-o", output, ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.ok(!existsSync(output));
  }
});
