import assert from "node:assert/strict";
import { test } from "node:test";
import { warningsAbout } from "../../../bench/probe/place-warnings.js";
import { parseKernelVersion } from "../../../bench/rules/kernel-version.js";
import { EASY_WRITE, type WriteQuestion } from "../../../bench/rules/question.js";

function warnings(filesystem: string, release: string, rest: Partial<WriteQuestion> = {}): string {
  const kernel = parseKernelVersion(release);
  assert.ok(kernel);
  return warningsAbout({ ...EASY_WRITE, filesystem, kernel, ...rest }).join("\n");
}

test("a directory on overlayfs is warned about: from Linux 6.4 every write punts, before that its layer decides", () => {
  assert.match(warnings("overlay", "6.12.107"), /every write punts, whatever the preparation/);
  const before = warnings("overlay", "6.1.192");
  assert.match(before, /the figures are those of the layer below/);
  assert.doesNotMatch(before, /every write punts/);
});

test("a directory on dm-crypt is warned about where the kernel asks the device", () => {
  const devices = [{ name: "dm-0", kind: "dm", detail: "CRYPT" } as const];
  assert.match(warnings("ext4", "6.1.192", { devices }), /every write punts here.*dm-0 \(CRYPT\)/);
  assert.equal(warnings("ext4", "6.12.107", { devices }), "");
});

test("an ordinary directory is not warned about", () => {
  assert.equal(warnings("ext4", "6.12.107"), "");
  assert.equal(warnings("btrfs", "6.12.107"), "");
});
