import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { acceptorOf } from "../../analysis/bulk/acceptor.js";
import { Trial } from "../../results/schema.js";
import { fixtureLines } from "./fixture.js";

const accepts = acceptorOf(Trial);
const trials = [...fixtureLines({ kernelLabel: "6.12", instructionCounting: true, rounds: 1 })]
  .concat([...fixtureLines({ kernelLabel: "6.12", intervalsNs: [0, 1e6], rounds: 1 })])
  .filter((line) => line.type === "trial");

/** Every place in a value, as a path of keys. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [path];
  const members = Object.entries(value);
  return [path, ...members.flatMap(([key, member]) => pathsIn(member, [...path, key]))];
}

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

test("accepts every trial as the bench writes it", () => {
  assert.ok(trials.length > 20);
  for (const trial of trials) assert.ok(accepts(trial));
});

test("agrees with zod when any one value is replaced by a value of another kind", () => {
  const others = [undefined, null, -1, 0, 0.5, 2 ** 60, Number.NaN, "", "ok", true, [], {}, [1]];
  let refused = 0;
  for (const trial of trials.slice(0, 3)) {
    for (const path of pathsIn(trial)) {
      for (const other of others) {
        const damaged = replaced(trial, path, other);
        const expected = Trial.safeParse(damaged).success;
        assert.equal(accepts(damaged), expected, `${path.join(".")} = ${JSON.stringify(other)}`);
        if (!expected) refused += 1;
      }
    }
  }
  assert.ok(refused > 500, String(refused));
});

test("a kind of schema that it does not know is an error, not a silent yes", () => {
  assert.throws(() => acceptorOf(z.union([z.string(), z.number()])), /no acceptor for a union/);
  assert.throws(() => acceptorOf(z.string().min(1)), /no acceptor for a string with checks/);
  assert.throws(() => acceptorOf(z.number().lt(3)), /no acceptor for a number with less_than/);
});
