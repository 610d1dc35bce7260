import assert from "node:assert/strict";
import { test } from "node:test";
import {
  stackDevices,
  stackModules,
  stackPrograms,
} from "../../../bench/lab/image/device-stack.js";

test("layers are put on the scratch disk in their order, and the topmost has a name", () => {
  const script = stackDevices(["luks", "lvm"]);
  const parts = ["stack_dm luks", "stack_dm lvm", "/dev/scratch"];
  const places = parts.map((text) => script.lastIndexOf(text));
  assert.ok(places.every((place) => place > 0));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
});

test("a guest without layers gets nothing of them", () => {
  assert.equal(stackDevices([]), "");
  assert.deepEqual([stackModules([]), stackPrograms([])], [[], []]);
});

test("each program is asked for once", () => {
  assert.deepEqual(stackPrograms(["luks", "lvm", "raid1"]), ["dmsetup", "mdadm"]);
});
