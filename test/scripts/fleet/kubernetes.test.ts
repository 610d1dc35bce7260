import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Job } from "kubernetes-models/batch/v1";
import { parse } from "yaml";
import { jobsText } from "../../../bench/lab/session/jobs.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { scratchFolder } from "../../support/kernel.js";

const manifest = parse(
  readFileSync(join(packageRoot(), "scripts/fleet/kubernetes/lab.yaml"), "utf8"),
);

/** Paths in `data` that the validator never reads: no schema has such a field. */
function unknownFields(data: typeof manifest): string[] {
  const unread = new Set<string>();
  const watched = (value: object, path: string): object => {
    if (!Array.isArray(value)) for (const key of Object.keys(value)) unread.add(`${path}.${key}`);
    return new Proxy(value, {
      get(target, key) {
        const inner = Reflect.get(target, key);
        const at = `${path}.${String(key)}`;
        unread.delete(at);
        return typeof inner === "object" && inner !== null ? watched(inner, at) : inner;
      },
    });
  };
  const job = new Job(data);
  // Making the model reads every field, so the validator gets its own copy to read.
  job.spec = watched(data.spec, ".spec") as NonNullable<Job["spec"]>;
  job.validate();
  return [...unread];
}

test("the manifest is an indexed Job by Kubernetes' own schema, which knows each of its fields", () => {
  assert.deepEqual(unknownFields(manifest), []);
  assert.equal(manifest.spec.completionMode, "Indexed");
  const misspelt = { ...manifest, spec: { ...manifest.spec, backoffLimitPerindex: 1 } };
  assert.deepEqual(unknownFields(misspelt), [".spec.backoffLimitPerindex"]);
  const text = { ...manifest, spec: { ...manifest.spec, completions: "two" } };
  assert.throws(() => new Job(text).validate(), /integer/);
});

test("every volume that the container mounts is there", () => {
  const { containers, volumes } = manifest.spec.template.spec;
  const names = (list: { name: string }[]) => list.map(({ name }) => name);
  assert.deepEqual(names(containers[0].volumeMounts), names(volumes));
});

test("the container's command runs the job of its index, and no shell reads the job's words", () => {
  const folder = scratchFolder();
  const hostile = "$(touch pwned)";
  const job = {
    name: "one",
    argv: ["puntbench", "lab", "--collect", hostile] as const,
    inputs: [],
    output: "none",
  };
  writeFileSync(join(folder, "jobs.json"), jobsText([{ ...job, argv: [...job.argv] }]));
  const [program] = manifest.spec.template.spec.containers[0].command;
  const runJob = program.replace(/^\/puntbench/, packageRoot());
  const run = (index: string) =>
    spawnSync(runJob, [join(folder, "jobs.json"), index], { cwd: folder, encoding: "utf8" });
  const first = run("0");
  assert.equal(first.status, 2);
  assert.match(first.stderr, /touch pwned.* holds no jobs/);
  assert.ok(!existsSync(join(folder, "pwned")));
  const second = run("1");
  assert.equal(second.status, 2);
  assert.match(second.stderr, /has no job 1/);
});
