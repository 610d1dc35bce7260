import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnose } from "../../../bench/doctor/diagnose.js";
import { healthy } from "./healthy-host.js";
import { ILLS_OF_THE_MACHINE } from "./ills-of-the-machine.js";
import { ILLS_OF_THE_PLACE } from "./ills-of-the-place.js";

test("a healthy host has nothing but good findings, one for each check", () => {
  const findings = diagnose(healthy());
  assert.deepEqual(
    findings.filter(({ severity }) => severity !== "ok"),
    [],
  );
  const checks = findings.map(({ check }) => check);
  assert.equal(new Set(checks).size, checks.length);
});

for (const [what, spoil, severity, check, words] of [
  ...ILLS_OF_THE_PLACE,
  ...ILLS_OF_THE_MACHINE,
]) {
  test(`${what} is a ${severity}, with why and what to do`, () => {
    const facts = healthy();
    spoil(facts);
    const found = diagnose(facts).filter((finding) => finding.severity !== "ok");
    const finding = found.find((each) => each.check === check);
    assert.equal(finding?.severity, severity, JSON.stringify(found));
    assert.match(finding?.what ?? "", words);
    assert.ok(finding?.why);
    assert.ok(finding?.remedy);
    assert.equal(found.length, 1, JSON.stringify(found));
  });
}

test("io-wq workers keep to a cpuset from 6.12 on", () => {
  const facts = healthy();
  facts.limits.cpusAllowed = "0-1";
  assert.equal(diagnose(facts).find(({ check }) => check === "cpuset")?.severity, "ok");
});

test("the most serious finding comes first", () => {
  const facts = healthy();
  facts.device.writeCache = "write back";
  facts.machine.load = 9;
  facts.place.writable = false;
  assert.deepEqual(
    diagnose(facts)
      .slice(0, 4)
      .map(({ severity }) => severity),
    ["blocker", "warning", "note", "ok"],
  );
});

/** Severity of the finding about the device, on Linux 6.1 over dm-crypt. */
function cryptBelow(filesystem: string) {
  const facts = healthy();
  Object.assign(facts.kernel, { version: { major: 6, minor: 1, patch: 180 } });
  Object.assign(facts.place.mount as object, { type: filesystem });
  facts.stack = [{ name: "dm-0", kind: "dm", detail: "CRYPT" }];
  return diagnose(facts).find(({ check }) => check === "device");
}

test("a dm device is a warning only where the rules say that io_uring asks it", () => {
  assert.equal(cryptBelow("ext4")?.severity, "warning");
  assert.match(cryptBelow("ext4")?.why ?? "", /every write punt/);
  assert.equal(cryptBelow("btrfs")?.severity, "note");
});
