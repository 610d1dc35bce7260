import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type LabCache, labCache } from "../../../bench/lab/host/cache.js";
import type { LabContext } from "../../../bench/lab/host/context.js";
import { writeInitramfs } from "../../../bench/lab/image/initramfs.js";
import type { GuestJob } from "../../../bench/lab/image/job.js";
import { downloadPackage } from "../../../bench/lab/packages/download.js";
import type { KernelPackage } from "../../../bench/lab/packages/package-index.js";
import { DEBIAN_KEYRING, preparePrivateApt } from "../../../bench/lab/packages/private-apt.js";
import { findProgram } from "../../../terminal/find-program.js";
import { puntbench } from "../../support/puntbench.js";
import { moduleTree, noModuleTools } from "./module-tree.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-faults-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const noApt: string | false =
  findProgram("apt-get") &&
  readdirSync("/usr/share/keyrings").some((name) => DEBIAN_KEYRING.endsWith(name))
    ? false
    : "SKIPPED, needs apt and debian-archive-keyring";

const CONTENT = Buffer.alloc(300_000, "kernel ");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

/** A mirror on this machine: /whole, /truncated, /altered; counts the bytes asked for by range. */
let server: Server;
let baseUri = "";
const ranges: string[] = [];

before(async () => {
  server = createServer((request, response) => {
    const range = /bytes=(\d+)-/.exec(request.headers.range ?? "");
    if (range) ranges.push(range[0]);
    if (request.url?.startsWith("/truncated")) return response.end(CONTENT.subarray(0, 1000));
    if (request.url?.startsWith("/altered")) return response.end(Buffer.alloc(CONTENT.length));
    if (!range) return response.end(CONTENT);
    const from = Number(range[1]);
    response.writeHead(206, {
      "content-range": `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`,
      "last-modified": "Fri, 20 Nov 2026 00:00:00 GMT",
    });
    return response.end(CONTENT.subarray(from));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

async function freshCache(name: string): Promise<LabCache> {
  const cache = labCache({ XDG_CACHE_HOME: join(folder, name) });
  await preparePrivateApt(cache.apt, { archive: baseUri, security: null });
  return cache;
}

function file(kind: string): KernelPackage {
  return {
    name: "linux-image-6.1.0-1-cloud-amd64",
    version: "6.1.1-1",
    suite: "bookworm",
    uri: `${baseUri}/${kind}/linux-image.deb`,
    sizeBytes: CONTENT.length,
    sha256: SHA256,
  };
}

const contextOf = (cache: LabCache): LabContext => ({
  cache,
  progress: { step() {}, milestone() {}, done() {} },
  signal: new AbortController().signal,
});

test("a whole download is verified, kept, and not fetched again", { skip: noApt }, async () => {
  const cache = await freshCache("whole");
  const path = await downloadPackage(contextOf(cache), file("whole"));
  const cut = { ...file("whole"), uri: `${baseUri}/truncated/linux-image.deb` };
  const again = await downloadPackage(contextOf(cache), cut);
  assert.equal(path, again);
});

test("a download that was cut off goes on where it stopped", { skip: noApt }, async () => {
  const cache = await freshCache("resumed");
  mkdirSync(cache.downloads, { recursive: true });
  writeFileSync(join(cache.downloads, "linux-image.deb"), CONTENT.subarray(0, 100_000));
  ranges.length = 0;
  await downloadPackage(contextOf(cache), file("whole"));
  assert.deepEqual(ranges, ["bytes=100000-"]);
});

for (const kind of ["truncated", "altered"]) {
  test(`a ${kind} package is refused by name, and nothing of it is kept`, {
    skip: noApt,
  }, async () => {
    const cache = await freshCache(kind);
    await assert.rejects(downloadPackage(contextOf(cache), file(kind)), (error: Error) => {
      assert.match(
        error.message,
        /linux-image-6\.1\.0-1-cloud-amd64 6\.1\.1-1: the downloaded file is not the one/,
      );
      return true;
    });
    assert.deepEqual(readdirSync(cache.downloads), []);
  });
}

test("without a network and without a cache the error names the way out", {
  skip: noApt,
}, async () => {
  const { code, stderr } = await puntbench(
    ["lab", "kernels", "--mirror", "http://127.0.0.1:9/debian"],
    { env: { XDG_CACHE_HOME: join(folder, "offline") } },
  );
  assert.equal(code, 1);
  assert.match(stderr, /package indexes could not be fetched/);
  assert.match(stderr, /--mirror URL/);
  assert.doesNotMatch(stderr, /at .*\.js:/);
});

test("without qemu the error names the package, before anything is downloaded", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const { code, stderr } = await puntbench(["lab", "--kernels", "6.1"], {
    env: { PATH: bin, XDG_CACHE_HOME: join(folder, "no-qemu") },
  });
  assert.equal(code, 1);
  assert.match(stderr, /qemu-system-x86_64 is not installed/);
  assert.match(stderr, /apt-get install qemu-system-x86/);
});

test("a module that is gone from the cache is named", { skip: noModuleTools }, async () => {
  const names = ["virtio_pci", "virtio_console", "virtio_blk", "ext4"];
  const folderOfModules = moduleTree(
    join(folder, "kernel"),
    names.map((name) => ({ path: `kernel/${name}.ko` })),
  );
  rmSync(join(folderOfModules, "kernel/virtio_pci.ko"));
  const job: GuestJob = {
    filesystem: "ext4",
    device: "virtio-blk",
    stack: [],
    guestDevice: { sizeBytes: 0, latencyNs: 0 },
    mountOptions: [],
    commands: [],
    environment: {},
    nodePath: "/node",
    heartbeat: true,
    shell: false,
    fault: null,
  };
  const kernel = { release: "6.1.0-x", folder: folderOfModules };
  const programs = {
    busybox: process.execPath,
    packageRoot: folder,
    packageFiles: [],
    workspace: folder,
  };
  const archive = join(folder, "initramfs.cpio");
  await assert.rejects(
    writeInitramfs(kernel, job, programs, archive),
    /6\.1\.0-x: its module kernel\/virtio_pci\.ko cannot be read \(ENOENT\)/,
  );
  await assert.rejects(
    writeInitramfs(kernel, { ...job, filesystem: "xfs" }, programs, archive),
    /kernel 6\.1\.0-x has no module xfs/,
  );
});
