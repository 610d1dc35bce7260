import assert from "node:assert/strict";
import { test } from "node:test";
import { withTimeLimit } from "../../../bench/run/time-limit.js";
import { UserError } from "../../../terminal/errors.js";

const never = () => new Promise<never>(() => {});
const open = () => new AbortController();

test("work that no signal reaches, as on a device that hangs, is given up with a remedy", async () => {
  const given = withTimeLimit(never, 20, "a trial of keep-size", open().signal, 20);
  await assert.rejects(given, (error: UserError) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /a trial of keep-size did not end within 0.02 s/);
    assert.match(error.remedy, /may hang.*--trial-timeout/);
    return error.exitCode === 1;
  });
});

test("after an interrupt such work is given up too, and the interrupt is the reason", async () => {
  const outer = open();
  const given = withTimeLimit(never, 600_000, "a trial", outer.signal, 20);
  const reason = new Error("interrupted");
  outer.abort(reason);
  await assert.rejects(given, reason);
});

test("slow work within the limit is left alone", async () => {
  const slow = () => new Promise<string>((resolve) => setTimeout(() => resolve("done"), 50));
  assert.equal(await withTimeLimit(slow, 600_000, "a trial", open().signal, 1), "done");
});

test("work that ends when it is cancelled is named as overdue, not as cancelled", async () => {
  const obeys = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("ECANCELED")));
    });
  await assert.rejects(withTimeLimit(obeys, 20, "a trial", open().signal), /did not end within/);
});
