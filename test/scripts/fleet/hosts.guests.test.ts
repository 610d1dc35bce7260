import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { completeHeader } from "../../../bench/lab/results-file.js";
import { ResultsLine } from "../../../results/schema.js";
import { kernelOf, skip as noLab } from "../../support/guest.js";
import { GuestHost } from "../../support/guest-host.js";
import { hostImage, noHosts } from "../../support/host-image.js";
import { type InventoryHost, play, sshKey, writeInventory } from "../../support/playbook.js";

const KERNELS = ["6.1", "6.12", "7.2"];
/** It dies while it measures. */
const DIES = "6.12";
const SMALL = ["--quick", "-p", "fallocate-0", "-q", "1", "--rounds", "1", "--arms", "inline"];

/** Shares of punted writes in what came from a host. */
function puntRatios(path: string): number[] {
  return readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => ResultsLine.parse(JSON.parse(line)))
    .flatMap((line) => (line.type === "trial" && line.measurement ? [line.measurement] : []))
    .map(({ puntCount, writes }) => (puntCount ?? Number.NaN) / writes);
}

test("three hosts without node are measured over ssh; one that dies in the middle is named, and the others answer", {
  skip: noLab || noHosts,
}, async (context) => {
  // qemu runs as a user that may read here.
  const folder = mkdtempSync(join(tmpdir(), "puntbench-fleet-"));
  chmodSync(folder, 0o755);
  const guests: GuestHost[] = [];
  after(async () => {
    for (const guest of guests) await guest.die();
    rmSync(folder, { recursive: true, force: true });
  });
  const key = sshKey(folder);
  const image = hostImage(folder, key.publicKey);
  for (const version of KERNELS) {
    guests.push(await GuestHost.boot(await kernelOf(version), image, folder));
  }
  await Promise.all(guests.map((guest) => guest.ready()));
  const hosts: InventoryHost[] = guests.map(({ kernel, port }) => ({
    name: `host-${kernel}`,
    port,
  }));
  let dying = false;
  const played = await play({
    name: "bench",
    inventory: writeInventory(folder, key.path, hosts),
    cwd: folder,
    variables: {
      puntbench_arguments: SMALL,
      puntbench_limit_s: 120,
      puntbench_directory: "/var/tmp",
    },
    onOutput(output) {
      if (dying || !output.includes("TASK [puntbench : Run puntbench]")) return;
      dying = true;
      const guest = guests.find(({ kernel }) => kernel === DIES);
      void sleep(3000).then(() => guest?.die());
    },
  });
  context.diagnostic(played.summary.join("; "));
  assert.ok(dying, played.output);
  assert.notEqual(played.code, 0);
  assert.deepEqual(
    played.summary,
    ["2 of 3 hosts ran bench", `host-${DIES}: cannot be reached`],
    played.output,
  );
  assert.equal(played.recap(`host-${DIES}`).unreachable, 1);
  const results = join(folder, "results/fleet");
  // Unwritten extents punt on 6.1, and no longer on 7.2.
  for (const [kernel, expected] of [
    ["6.1", 1],
    ["7.2", 0],
  ] as const) {
    const host = join(results, `host-${kernel}`);
    const [label = ""] = readdirSync(host).filter((name) => name.startsWith(kernel));
    const [run = ""] = readdirSync(join(host, label));
    assert.ok(completeHeader(join(host, label, run)), "the results file is not complete");
    assert.deepEqual(puntRatios(join(host, label, run)), [expected]);
    assert.ok(existsSync(join(host, "doctor.json")));
  }
  assert.ok(!existsSync(join(results, `host-${DIES}`)));
});
