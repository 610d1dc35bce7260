import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { labCache } from "../../../bench/lab/host/cache.js";
import { changingCache } from "../../../bench/lab/host/cache-lock.js";
import { packageRoot } from "../../../terminal/package-root.js";
import { puntbench } from "../../support/puntbench.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-locks-"));
after(() => rmSync(folder, { recursive: true }));

const canUnshare = spawnSync("unshare", ["--pid", "--fork", "true"]).status === 0;
const noNamespaces = canUnshare ? false : "SKIPPED, needs the right to make a PID namespace";

const contextIn = (name: string, signal = new AbortController().signal) => ({
  cache: labCache({ XDG_CACHE_HOME: join(folder, name) }),
  progress: { step() {}, milestone() {}, done() {} },
  signal,
});

/** A process that runs `code` under the cache's lock, prints a word, and lives until it is killed. */
async function labLike(name: string, code: string): Promise<ChildProcess> {
  const lab = (path: string) =>
    JSON.stringify(pathToFileURL(join(packageRoot(), "dist/bench/lab", path)).href);
  const text = `import { labCache } from ${lab("host/cache.js")};
    import { changingCache } from ${lab("host/cache-lock.js")};
    import { keepInUse } from ${lab("host/lock.js")};
    import { openWorkspace } from ${lab("session/workspace.js")};
    setInterval(() => {}, 1000);
    const cache = labCache({ XDG_CACHE_HOME: ${JSON.stringify(join(folder, name))} });
    const progress = { step() {}, milestone() {}, done() {} };
    const context = { cache, progress, signal: new AbortController().signal };
    await changingCache(context, async () => { ${code} });`;
  const args = ["--input-type=module", "-e", text];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "close");
}

test("a live session's folder stays, also when the other lab is in another PID namespace", {
  skip: noNamespaces,
}, async () => {
  const { cache } = contextIn("namespace");
  const child = await labLike("namespace", "await openWorkspace(cache); console.log('open');");
  const { code, stderr } = await puntbench(["lab", "clean"], {
    env: { XDG_CACHE_HOME: join(folder, "namespace") },
    prefix: ["unshare", "--pid", "--fork", "--mount-proc"],
  });
  assert.equal(code, 1);
  assert.match(stderr, /a lab has in use, so it was kept: run-\d+-/);
  assert.equal(readdirSync(cache.runs).length, 1);
  await kill(child);
  await changingCache(contextIn("namespace"), async () => {});
  assert.deepEqual(readdirSync(cache.runs), []);
});

test("clean keeps the kernel that a lab boots, names it, and removes the others", async () => {
  const { cache } = contextIn("kernels");
  for (const name of ["used", "unused"]) mkdirSync(join(cache.kernels, name), { recursive: true });
  const used = JSON.stringify(join(cache.kernels, "used"));
  const child = await labLike("kernels", `keepInUse(${used}); console.log('kept');`);
  const env = { XDG_CACHE_HOME: join(folder, "kernels") };
  const { code, stderr } = await puntbench(["lab", "clean"], { env });
  assert.equal(code, 1);
  assert.match(stderr, /so it was kept: used\n/);
  assert.deepEqual(readdirSync(cache.kernels), ["used"]);
  await kill(child);
  assert.equal((await puntbench(["lab", "clean"], { env })).code, 0);
  assert.deepEqual(readdirSync(cache.kernels), []);
});

test("what a killed lab had half made is swept by the next holder of the lock, not before", async () => {
  const context = contextIn("half");
  const { cache } = context;
  const code = `const { mkdirSync, writeFileSync } = await import("node:fs");
    mkdirSync(cache.kernels, { recursive: true });
    for (const name of ["/kernels/.making-a", "/.making-packages.json"]) writeFileSync(cache.root + name, "");
    console.log("made"); await new Promise(() => {});`;
  const child = await labLike("half", code);
  const waiting = contextIn("half", AbortSignal.timeout(700));
  await assert.rejects(
    changingCache(waiting, async () => {}),
    { name: "TimeoutError" },
  );
  assert.ok(existsSync(join(cache.kernels, ".making-a")));
  await kill(child);
  await changingCache(context, async () => {});
  assert.deepEqual(readdirSync(cache.kernels), []);
  assert.deepEqual(readdirSync(cache.root).sort(), ["kernels", "lock"]);
});

test("of two labs that change the cache, the second waits for the first", async () => {
  const context = contextIn("two");
  const steps: string[] = [];
  const work = (name: string) => async () => {
    steps.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    steps.push(`${name} ends`);
  };
  await Promise.all(["a", "b"].map((name) => changingCache(context, work(name))));
  assert.equal(steps.length, 4);
  assert.equal(steps[0]?.[0], steps[1]?.[0]);
  assert.equal(steps[2]?.[0], steps[3]?.[0]);
});

test("a lock that is a symbolic link is refused, and its target is not touched", async () => {
  const context = contextIn("link");
  mkdirSync(context.cache.root, { recursive: true });
  const target = join(folder, "target");
  symlinkSync(target, context.cache.lock);
  await assert.rejects(
    changingCache(context, async () => {}),
    /lock: is a symbolic link/,
  );
  assert.equal(existsSync(target), false);
});
