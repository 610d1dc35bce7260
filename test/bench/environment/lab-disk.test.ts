import assert from "node:assert/strict";
import { closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { holdDisk, labDisk } from "../../../bench/environment/lab-disk.js";
import { REQUESTED_DISK } from "../../../bench/environment/lab-guest.js";
import { mountOf } from "../../../bench/environment/mount.js";

/** Runs `work` with these variables, which the lab alone sets, and in its guests alone. */
function withVariables<T>(variables: Record<string, string>, work: () => T): T {
  Object.assign(process.env, variables);
  try {
    return work();
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name];
  }
}

const GUEST = { PUNTBENCH_LAB: JSON.stringify({ accelerator: "tcg" }) };
const disk = readdirSync("/sys/block")
  .map((name) => `/dev/${name}`)
  .find((path) => existsSync(path));
const source = mountOf("/")?.source ?? "";

function isOpened(path: string): boolean {
  try {
    closeSync(openSync(path, "r"));
    return path.startsWith("/dev/");
  } catch {
    return false;
  }
}

test("outside a guest of the lab requests go to files, whatever device is named", () => {
  assert.equal(
    withVariables({ [REQUESTED_DISK]: "/dev/null" }, () => labDisk()),
    null,
  );
  assert.equal(withVariables(GUEST, labDisk), null);
});

test("a disk that the lab did not make is refused, also where the variables say that this is a guest", {
  skip: disk === undefined && "SKIPPED, this machine shows no block device",
}, () => {
  const named = { ...GUEST, [REQUESTED_DISK]: disk as string };
  assert.throws(() => withVariables(named, labDisk), /is not the scratch disk that the lab made/);
});

test("what is no block device is refused", () => {
  for (const path of ["/dev/null", "/dev/none", ""]) {
    const named = { ...GUEST, [REQUESTED_DISK]: path };
    assert.throws(() => withVariables(named, labDisk), /is not the scratch disk that the lab made/);
  }
});

test("the kernel refuses to hand over a disk with a mounted filesystem", {
  skip: !isOpened(source) && "SKIPPED, the device of / cannot be opened here",
}, () => {
  const named = { ...GUEST, [REQUESTED_DISK]: source };
  assert.throws(
    () => withVariables(named, holdDisk),
    /cannot be taken for this process alone \(EBUSY\)/,
  );
});
