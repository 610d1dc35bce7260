import assert from "node:assert/strict";
import { test } from "node:test";
import {
  stackDevices,
  stackModules,
  stackPrograms,
} from "../../../bench/lab/image/device-stack.js";

test("layers are put on the scratch disk in their order, then the filesystem is made", () => {
  const script = stackDevices(["luks", "lvm"]);
  const places = ["stack_dm luks", "stack_dm lvm", "/mkfs"].map((text) => script.lastIndexOf(text));
  assert.ok(places.every((place) => place > 0));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test("a guest without layers gets nothing of them", () => {
  assert.equal(stackDevices([]), "");
  assert.deepEqual([stackModules([]), stackPrograms([])], [[], []]);
});

test("each program is asked for once", () => {
  assert.deepEqual(stackPrograms(["luks", "lvm", "raid1"]), ["dmsetup", "mdadm"]);
});
