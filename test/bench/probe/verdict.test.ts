import assert from "node:assert/strict";
import { test } from "node:test";
import { combinedVerdict, verdictOf } from "../../../bench/probe/verdict.js";
import type { DriverError, NowaitAnswers } from "../../../native/index.js";

function answers(fresh: string, later: string): NowaitAnswers {
  return { unavailable: null, fresh: fresh.split(" "), later: later.split(" ") };
}

const refused = Object.assign(new Error("no ring"), { code: "EPERM", syscall: "io_uring_setup" });
const closed: NowaitAnswers = { unavailable: refused as DriverError, fresh: [], later: [] };

test("a write that is refused at every attempt punts because of the file's state", () => {
  assert.equal(verdictOf(answers("EAGAIN EAGAIN EAGAIN EAGAIN", "EAGAIN EAGAIN")), "punts");
  assert.equal(verdictOf(answers("EOPNOTSUPP EOPNOTSUPP", "EOPNOTSUPP EOPNOTSUPP")), "punts");
});

test("a write that is refused only after a pause punts because of the clock tick", () => {
  assert.equal(verdictOf(answers("ok ok", "EAGAIN EAGAIN")), "tick");
});

test("a tick that ends between the timestamp and the question does not hide the cause", () => {
  assert.equal(verdictOf(answers("EAGAIN ok ok", "EAGAIN EAGAIN")), "tick");
});

test("a write that is never refused is issued inline", () => {
  assert.equal(verdictOf(answers("ok ok", "ok ok")), "inline");
});

test("answers that contradict each other, fail or are missing give no verdict", () => {
  assert.equal(verdictOf(answers("ok ok", "ok EAGAIN")), "unknown");
  assert.equal(verdictOf(answers("EAGAIN ok", "ok ok")), "unknown");
  assert.equal(verdictOf(answers("EPERM EPERM", "EPERM EPERM")), "unknown");
  assert.equal(verdictOf(closed), "unknown");
});

test("io_uring's own answer decides; where it has none, the others must agree", () => {
  const punts = answers("EAGAIN EAGAIN", "EAGAIN EAGAIN");
  const inline = answers("ok ok", "ok ok");
  assert.equal(combinedVerdict({ ioUring: punts, pwritev2: inline, libaio: inline }), "punts");
  assert.equal(combinedVerdict({ ioUring: closed, pwritev2: inline, libaio: inline }), "inline");
  assert.equal(combinedVerdict({ ioUring: closed, pwritev2: closed, libaio: punts }), "punts");
  assert.equal(combinedVerdict({ ioUring: closed, pwritev2: inline, libaio: punts }), "unknown");
});
