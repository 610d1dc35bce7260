import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { compareVersions } from "../../../bench/lab/packages/debian-version.js";
import { findProgram } from "../../../terminal/find-program.js";

// Pairs in ascending order.
const ASCENDING: [string, string][] = [
  ["6.1.9-1", "6.1.10-1"],
  ["6.1.180-1~deb11u1", "6.1.180-1"],
  ["7.2.13-1~bpo13+1", "7.2.13-1"],
  ["6.12.107-1~deb12u1", "6.12.117-1"],
  ["6.1.192-1", "6.1.192-2"],
  ["1.0~rc1-1", "1.0-1"],
  ["1.0-1", "1.0-1+b1"],
  ["9.0-1", "1:1.0-1"],
  ["1.0a-1", "1.0+1-1"],
  ["1.0-1", "1.0+1-1"],
  ["1.0-1", "1.0.1-1"],
  ["6.12", "6.12-1"],
  ["1:1.0~rc1-1", "1:1.0"],
];

test("versions are ordered as dpkg orders them", () => {
  for (const [older, newer] of ASCENDING) {
    assert.ok(compareVersions(older, newer) < 0, `${older} < ${newer}`);
    assert.ok(compareVersions(newer, older) > 0, `${newer} > ${older}`);
  }
});

test("dpkg agrees", { skip: findProgram("dpkg") === null && "SKIPPED, needs dpkg" }, () => {
  for (const [older, newer] of ASCENDING) {
    const { status } = spawnSync("dpkg", ["--compare-versions", older, "lt", newer]);
    assert.equal(status, 0, `${older} < ${newer}`);
  }
});

test("a version equals itself, and leading zeros do not count", () => {
  assert.equal(compareVersions("6.1.192-2", "6.1.192-2"), 0);
  assert.equal(compareVersions("1.02-1", "1.2-1"), 0);
});
