import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type LabCache, labCache } from "../../../bench/lab/host/cache.js";
import { checkCacheTrust } from "../../../bench/lab/host/cache-trust.js";
import { run } from "../../../bench/lab/host/process.js";
import { intactImage } from "../../../bench/lab/image/system-image.js";
import { contentHash } from "../../../bench/lab/packages/content-hash.js";
import { readStored } from "../../../bench/lab/packages/kernel-store.js";
import { APT_HELPER } from "../../../bench/lab/packages/private-apt.js";
import { signedPackages } from "../../../bench/lab/packages/signed-index.js";
import { writeUncompressedKernel } from "../../../bench/lab/packages/uncompressed-kernel.js";
import { findProgram } from "../../../terminal/find-program.js";
import { puntbench } from "../../support/puntbench.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-trust-"));
after(() => rmSync(folder, { recursive: true }));
const isRoot = process.geteuid?.() === 0;
const noKeys =
  findProgram("gpg") && findProgram("gpgv") && existsSync(APT_HELPER)
    ? false
    : "SKIPPED, needs gpg, gpgv and apt";

function cacheIn(name: string): LabCache {
  const cache = labCache({ XDG_CACHE_HOME: join(folder, name) });
  mkdirSync(cache.kernels, { recursive: true });
  writeFileSync(cache.packageIndex, "{}");
  return cache;
}

const SPOILT: [string, (cache: LabCache) => void, RegExp][] = [
  [
    "a folder that others can write",
    (cache) => chmodSync(cache.kernels, 0o777),
    /others can write/,
  ],
  [
    "a file that a group can write",
    (cache) => chmodSync(cache.packageIndex, 0o664),
    /others can write/,
  ],
  [
    "a folder above that others can write",
    (cache) => chmodSync(join(cache.root, ".."), 0o777),
    /others can write/,
  ],
  [
    "a link in place of a folder",
    (cache) => {
      rmSync(cache.kernels, { recursive: true });
      symlinkSync(folder, cache.kernels);
    },
    /symbolic link/,
  ],
];

for (const [name, spoil, reason] of SPOILT) {
  test(`a cache is refused, with a remedy: ${name}`, async () => {
    const cache = cacheIn(name);
    checkCacheTrust(cache);
    spoil(cache);
    const { code, stderr } = await puntbench(["lab", "clean"], {
      env: { XDG_CACHE_HOME: join(folder, name) },
    });
    assert.equal(code, 1);
    assert.match(stderr, reason);
    assert.match(stderr, /XDG_CACHE_HOME/);
  });
}

test("a cache with a file of another user is refused", {
  skip: isRoot ? false : "SKIPPED, needs root",
}, () => {
  const cache = cacheIn("foreign");
  chownSync(cache.packageIndex, 65534, 65534);
  assert.throws(() => checkCacheTrust(cache), /packages\.json: belongs to user 65534/);
});

/** A suite signed with a key made for the test, as apt keeps it. */
function signedSuite(name: string) {
  const lists = join(folder, name);
  const home = join(lists, "keys");
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const gpg = (...args: string[]) =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", "--yes", ...args]);
  gpg("--passphrase", "", "--quick-generate-key", "lab@example.org", "ed25519", "sign");
  const keyring = join(lists, "keyring.gpg");
  writeFileSync(keyring, gpg("--export"));
  const path = join(lists, "mirror_dists_sid_main_binary-amd64_Packages");
  const index = `Package: linux-image-6.1.0-1-cloud-amd64\nVersion: 6.1.1-1\nFilename: pool/a.deb\nSize: 5\nSHA256: ${"a".repeat(64)}\n\n`;
  writeFileSync(path, index);
  const release = join(lists, "mirror_dists_sid_InRelease");
  const metaKey = "main/binary-amd64/Packages";
  const sha256 = createHash("sha256").update(index).digest("hex");
  writeFileSync(
    join(lists, "plain"),
    `Suite: sid\nSHA256:\n ${sha256} ${index.length} ${metaKey}\n`,
  );
  gpg("--output", release, "--clear-sign", join(lists, "plain"));
  execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
  const target = { suite: "sid", baseUri: "http://mirror/", path, metaKey };
  return { target, keyring, release, index };
}

test("packages of an index are taken only as Debian signed it", { skip: noKeys }, async () => {
  const { target, keyring, release, index } = signedSuite("signed");
  const [found] = await signedPackages(target, keyring);
  assert.equal(found?.uri, "http://mirror/pool/a.deb");
  assert.equal(found?.sha256, "a".repeat(64));
  writeFileSync(target.path, index.replace("a.deb", "b.deb"));
  await assert.rejects(signedPackages(target, keyring), /is not the index that Debian signed/);
  writeFileSync(target.path, index);
  const text = execFileSync("cat", [release], { encoding: "utf8" });
  writeFileSync(release, text.replace("Suite: sid", "Suite: six"));
  await assert.rejects(signedPackages(target, keyring), /no good signature/);
  writeFileSync(release, "Suite: sid\n");
  await assert.rejects(signedPackages(target, keyring), /no good signature/);
});

test("a suite that another key signed is refused", { skip: noKeys }, async () => {
  const { target } = signedSuite("own");
  const { keyring } = signedSuite("other");
  await assert.rejects(signedPackages(target, keyring), /no good signature/);
});

test("a stored kernel is refused when any file that a guest gets was changed", async () => {
  const release = "6.1.0-1-cloud-amd64";
  const kernel = join(folder, "kernel");
  const module = join(kernel, "lib/modules", release, "ext4.ko");
  mkdirSync(join(kernel, "boot"), { recursive: true });
  mkdirSync(join(module, ".."), { recursive: true });
  const files = [join(kernel, "boot", `vmlinuz-${release}`), join(kernel, "vmlinux"), module];
  for (const path of files) writeFileSync(path, "as signed");
  const manifest = { release, contentSha256: await contentHash(kernel) };
  writeFileSync(join(kernel, "manifest.json"), JSON.stringify(manifest));
  assert.ok(await readStored(kernel));
  for (const path of files) {
    writeFileSync(path, "As signed");
    assert.equal(await readStored(kernel), null, path);
    writeFileSync(path, "as signed");
  }
  assert.ok(await readStored(kernel));
  writeFileSync(join(kernel, "manifest.json"), JSON.stringify(manifest).slice(0, 30));
  assert.equal(await readStored(kernel), null, "a manifest that is cut");
});

test("a compressed kernel that is damaged or of another size is an error, not passed over", {
  skip: findProgram("zstd") ? false : "SKIPPED, needs zstd",
}, async () => {
  const elf = Buffer.concat([Buffer.from("\x7fELF"), Buffer.alloc(5000, 7)]);
  const compressed = execFileSync("zstd", ["-c"], { input: elf });
  const output = join(folder, "vmlinux");
  const image = (payload: Buffer, sizeBytes: number): string => {
    const bytes = Buffer.alloc(0x400 + payload.length + 4);
    bytes.writeUInt8(1, 0x1f1);
    bytes.write("HdrS", 0x202);
    bytes.writeUInt32LE(0, 0x248);
    bytes.writeUInt32LE(payload.length + 4, 0x24c);
    payload.copy(bytes, 0x400);
    bytes.writeUInt32LE(sizeBytes, 0x400 + payload.length);
    const path = join(folder, "vmlinuz");
    writeFileSync(path, bytes);
    return path;
  };
  const write = (path: string) => writeUncompressedKernel(path, "CONFIG_PVH=y\n", output);
  await write(image(compressed, elf.length));
  await assert.rejects(
    write(image(compressed, elf.length + 1)),
    /does not unpack to what its size says/,
  );
  const flipped = Buffer.from(compressed);
  flipped.writeUInt8(flipped.readUInt8(flipped.length - 6) ^ 0xff, flipped.length - 6);
  await assert.rejects(write(image(flipped, elf.length)), /zstd ended with exit code 1/);
});

test("a program that prints without end is killed, and the error says so", async () => {
  const yes = run("head", ["-c", "300M", "/dev/zero"], { timeoutMs: 60_000, package: "coreutils" });
  await assert.rejects(yes, { name: "UserError", message: /head printed more than 256 MiB/ });
});

test("a system image is used only while its bytes are those that its name says", async () => {
  const payloads = join(folder, "payloads");
  mkdirSync(payloads);
  const hash = createHash("sha256").update("an image").digest("hex");
  const image = join(payloads, `system-key-${hash}.ext4`);
  writeFileSync(image, "an image");
  assert.equal(await intactImage(payloads, "system-other-"), null);
  // Not asked for it intact first: this process would keep it in use.
  writeFileSync(image, "An image");
  assert.equal(await intactImage(payloads, "system-key-"), null);
  assert.equal(existsSync(image), false);
  writeFileSync(image, "an image");
  assert.equal(await intactImage(payloads, "system-key-"), image);
  writeFileSync(image, "An image");
  await assert.rejects(intactImage(payloads, "system-key-"), /damaged, and another lab has it/);
});
