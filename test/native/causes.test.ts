import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Causes, openCauses, type RequestRecord } from "../../native/causes.js";
import type { TrialRequest } from "../../native/index.js";
import { cannotRun, driver, noPuntCounter, scratchFolder, smallTrial } from "../support/kernel.js";
import { fioJob } from "../support/recording.js";

const folder = scratchFolder();
const FORCE_ASYNC = 0x10;

/** Records of punts of the processes that are added, without probes of functions. */
const PUNTS = {
  everything: false,
  name: "",
  everyRequest: false,
  functions: false,
  hotFunctions: false,
  recordsPerPeriod: 4,
};

function tryToOpen(): { causes: Causes | null; skip: string | false } {
  try {
    const causes = openCauses({ ...PUNTS, everyRequest: true, recordsPerPeriod: 0 });
    causes.add(process.pid);
    return { causes, skip: noPuntCounter };
  } catch (error) {
    return { causes: null, skip: `SKIPPED, BPF does not work here: ${(error as Error).message}` };
  }
}
const { causes, skip } = tryToOpen();
after(() => causes?.close());

/** The records of one trial, in the order of submission. */
async function recorded(changes: Partial<TrialRequest>, by: Causes | null = causes) {
  by?.read(true);
  const measured = await driver.runTrial(smallTrial(folder, changes));
  const ofTrial = ({ thread }: RequestRecord) => thread === measured.submitterTid;
  const start = ({ inline, punt }: RequestRecord) => inline?.beganNs ?? punt?.atNs ?? 0;
  const records = (by?.read(true) ?? []).filter(ofTrial).sort((a, b) => start(a) - start(b));
  return { measured, records };
}

test("each request has one record; those that punt say where and in which state of the inode", {
  skip,
}, async () => {
  const { measured, records } = await recorded({ preparation: "no-fallocate", queueDepth: 1 });
  assert.equal(records.length, measured.writes);
  assert.equal(causes?.lost(), 0);
  const punts = records.flatMap(({ punt }) => punt ?? []);
  assert.equal(punts.length, measured.puntCount);
  for (const [index, punt] of punts.entries()) {
    assert.equal(punt.opcode, 23);
    assert.equal(punt.offsetBytes, index * 4096);
    assert.equal(punt.lengthBytes, 4096);
    assert.equal(punt.requestFlags & FORCE_ASYNC, 0);
    // Each write ends beyond the size that the write before it left.
    assert.equal(punt.state?.sizeBytes, index * 4096);
    assert.ok(punt.stack.length > 0);
  }
});

test("a forced request has no attempt with steps, and its flag is seen", { skip }, async () => {
  const { measured, records } = await recorded({ preparation: "dd-prefill", arm: "forced" });
  assert.equal(records.length, measured.writes);
  for (const { inline, punt } of records) {
    assert.notEqual((punt?.requestFlags ?? 0) & FORCE_ASYNC, 0);
    assert.deepEqual(inline?.steps ?? [], []);
  }
});

test("with a limit, a file and operation has no more records than that in about a second", {
  skip,
}, async () => {
  const limited = openCauses({ ...PUNTS, everything: true });
  try {
    const { measured, records } = await recorded({ preparation: "no-fallocate" }, limited);
    assert.equal(measured.puntCount, measured.writes);
    // A trial may lie in more than one period.
    assert.ok(records.length >= 4 && records.length % 4 === 0, `${records.length} records`);
    assert.ok(records.length < measured.writes, `${records.length} of ${measured.writes}`);
  } finally {
    limited.close();
  }
});

test("a process that is not watched is not recorded", { skip }, async () => {
  causes?.remove(process.pid);
  const { records } = await recorded({ preparation: "no-fallocate" });
  causes?.add(process.pid);
  assert.deepEqual(records, []);
});

test("children of a process are recorded from their first request on, however short they live", {
  skip: skip || cannotRun("fio", "--version"),
}, () => {
  const own = openCauses(PUNTS);
  try {
    own.add(process.pid);
    // fio's job is a child of the fio that is started here.
    spawnSync("fio", fioJob(join(folder, "child"), 64, "--rw=write", "--fallocate=none"));
    const punts = own.read(true).filter(({ punt }) => punt !== null);
    assert.ok(punts.length > 0);
    for (const { process: by } of punts) assert.notEqual(by, process.pid);
  } finally {
    own.close();
  }
});
