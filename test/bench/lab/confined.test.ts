import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { confinedCommand, guestUser } from "../../../bench/lab/qemu/confined.js";

const notRoot = process.geteuid?.() === 0 ? false : "SKIPPED, only root has privilege to drop";

function statusOf(user: ReturnType<typeof guestUser>): string {
  const { program, args } = confinedCommand(user, "cat", ["/proc/self/status"]);
  return execFileSync(program, args, { encoding: "utf8" });
}

test("where the lab is root, qemu runs as a user that no process has, without groups and capabilities", {
  skip: notRoot,
}, () => {
  const user = guestUser("tcg");
  assert.ok(user);
  const status = statusOf(user);
  assert.match(status, new RegExp(`^Uid:(\\t${user.id}){4}$`, "m"));
  assert.match(status, new RegExp(`^Gid:(\\t${user.id}){4}$`, "m"));
  assert.match(status, /^Groups:\s*$/m);
  for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
    assert.match(status, new RegExp(`^${set}:\\t0+$`, "m"));
  }
});

test("whoever starts the lab, qemu cannot gain privilege", () => {
  assert.match(statusOf(null), /^NoNewPrivs:\t1$/m);
});
