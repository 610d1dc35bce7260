import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePackages } from "../../../bench/lab/packages/package-index.js";
import { completeKernels, resolveKernel } from "../../../bench/lab/packages/resolve.js";

/** Stanzas of a Packages index, as Debian writes them, with what the lab does not read left out. */
function stanza(name: string, version: string, sizeBytes: number): string {
  return [
    `Package: ${name}`,
    "Source: linux",
    `Version: ${version}`,
    "Architecture: amd64",
    `Filename: pool/main/l/linux/${name}_${version}_amd64.deb`,
    `Size: ${sizeBytes}`,
    `SHA256: ${"ab".repeat(32)}`,
    "",
    "",
  ].join("\n");
}

const MEGABYTE = 2 ** 20;
const origin = (suite: string) => ({ suite, baseUri: "http://mirror.example/debian/" });

const INDEX = Object.freeze([
  ...parsePackages(
    stanza("linux-image-amd64", "6.1.176-1", 1480) +
      stanza("linux-image-6.1.0-50-amd64", "6.1.176-1", 70 * MEGABYTE) +
      stanza("linux-image-6.1.0-50-cloud-amd64", "6.1.176-1", 26 * MEGABYTE) +
      stanza("linux-image-6.1.0-50-amd64-dbg", "6.1.176-1", 900 * MEGABYTE) +
      stanza("unrelated", "1.0", 10),
    origin("bookworm"),
  ),
  ...parsePackages(
    stanza("linux-image-6.1.0-56-cloud-amd64", "6.1.192-2", 26 * MEGABYTE) +
      stanza("linux-image-6.1.0-56-cloud-amd64-unsigned", "6.1.192-2", 26 * MEGABYTE) +
      stanza("linux-image-6.12-cloud-amd64", "6.12.107-1~deb12u1", 1512) +
      stanza("linux-image-6.12.107+deb12-cloud-amd64", "6.12.107-1~deb12u1", 34 * MEGABYTE),
    origin("bookworm-security"),
  ),
  ...parsePackages(
    stanza("linux-image-6.1.0-0.deb11.52-cloud-amd64", "6.1.180-1~deb11u1", 28 * MEGABYTE),
    origin("bullseye-security"),
  ),
  ...parsePackages(
    // The split layout; of 7.1 only the kernel is left, 7.3 is not signed yet.
    stanza("linux-image-7.2.13+deb14-cloud-amd64", "7.2.13-1", 1916) +
      stanza("linux-binary-7.2.13+deb14-cloud-amd64", "7.2.13-1", 13 * MEGABYTE) +
      stanza("linux-modules-7.2.13+deb14-cloud-amd64", "7.2.13-1", 23 * MEGABYTE) +
      stanza("linux-base-7.2.13+deb14-cloud-amd64", "7.2.13-1", 417436) +
      stanza("linux-binary-7.1.13+deb13-cloud-amd64", "7.1.13-1~bpo13+1", 13 * MEGABYTE) +
      stanza("linux-binary-unsigned-7.3.4+deb13-cloud-amd64", "7.3.4-1~bpo13+1", 13 * MEGABYTE) +
      stanza("linux-modules-7.3.4+deb13-cloud-amd64", "7.3.4-1~bpo13+1", 23 * MEGABYTE) +
      stanza("linux-base-7.3.4+deb13-cloud-amd64", "7.3.4-1~bpo13+1", 1025208),
    origin("sid"),
  ),
]);

test("a series names its newest kernel in any suite", () => {
  const kernel = resolveKernel(INDEX, "6.1", "cloud-amd64");
  assert.equal(kernel.version, "6.1.192-2");
  assert.equal(kernel.release, "6.1.0-56-cloud-amd64");
  assert.equal(kernel.suite, "bookworm-security");
  assert.equal(kernel.signed, true);
  assert.deepEqual(
    kernel.packages.map((file) => file.uri),
    [
      "http://mirror.example/debian/pool/main/l/linux/linux-image-6.1.0-56-cloud-amd64_6.1.192-2_amd64.deb",
    ],
  );
});

test("an exact package version, an upstream version or a release pins a kernel", () => {
  for (const request of ["6.1.180-1~deb11u1", "6.1.180", "6.1.0-0.deb11.52-cloud-amd64"]) {
    assert.equal(resolveKernel(INDEX, request, "cloud-amd64").version, "6.1.180-1~deb11u1");
  }
});

test("the flavour is part of the choice", () => {
  assert.equal(resolveKernel(INDEX, "6.1", "amd64").version, "6.1.176-1");
});

test("a package that only depends on others is no kernel", () => {
  const kernel = resolveKernel(INDEX, "6.12", "cloud-amd64");
  assert.equal(kernel.release, "6.12.107+deb12-cloud-amd64");
});

test("the split layout is put together from its three packages", () => {
  const kernel = resolveKernel(INDEX, "7.2", "cloud-amd64");
  assert.deepEqual(
    kernel.packages.map((file) => file.name.replace(/-7.*/, "")),
    ["linux-binary", "linux-modules", "linux-base"],
  );
});

test("a kernel that Debian has not signed yet can be had", () => {
  assert.equal(resolveKernel(INDEX, "7.3", "cloud-amd64").signed, false);
});

test("a kernel of which a package is gone is refused, and the error names those that can be had", () => {
  assert.throws(
    () => resolveKernel(INDEX, "7.1", "cloud-amd64"),
    (error: Error & { remedy: string; exitCode: number }) => {
      assert.match(error.message, /7\.1: Debian no longer serves all of its packages/);
      assert.match(error.remedy, /6\.1, 6\.12, 7\.2, 7\.3/);
      return error.exitCode === 2;
    },
  );
  assert.throws(() => resolveKernel(INDEX, "9.9", "cloud-amd64"), /no Debian package/);
});

test("kernels are listed oldest first, each once", () => {
  const versions = completeKernels(INDEX)
    .filter((kernel) => kernel.flavour === "cloud-amd64")
    .map((kernel) => kernel.version);
  assert.deepEqual(versions, [
    "6.1.176-1",
    "6.1.180-1~deb11u1",
    "6.1.192-2",
    "6.12.107-1~deb12u1",
    "7.2.13-1",
    "7.3.4-1~bpo13+1",
  ]);
});
