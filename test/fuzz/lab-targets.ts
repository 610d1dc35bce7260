import assert from "node:assert/strict";
import { STATUS_PREFIX } from "../../bench/environment/lab-guest.js";
import { compareVersions } from "../../bench/lab/packages/debian-version.js";
import { parsePackages } from "../../bench/lab/packages/package-index.js";
import { bzImagePayload } from "../../bench/lab/packages/uncompressed-kernel.js";
import { guestFiles } from "../../bench/lab/qemu/guest-output.js";
import { parseStatus } from "../../bench/lab/qemu/guest-status.js";
import { hasUnseen, printable } from "../../terminal/quote.js";
import type { FuzzTarget } from "./target.js";

const texts = (...all: readonly string[]) => all.map((text) => Buffer.from(text));

/** What a guest sends back: no path leaves the folder, and no content is longer than the stream. */
const guestOutput: FuzzTarget = {
  name: "guest-output",
  samples: () =>
    texts("./stdout.0 3\nabc./results/6.1/run.jsonl 5\n{}\n{}end\n", "./a/b 0\nend\n", "end\n"),
  check(input) {
    for (const { path, content } of guestFiles(input) ?? []) {
      assert.ok(!path.split("/").includes(".."), path);
      assert.ok(content.length <= input.length);
    }
  },
};

const guestStatus: FuzzTarget = {
  name: "guest-status",
  samples: () =>
    texts(
      `${STATUS_PREFIX}step mount 1.25`,
      `[    1.2] ${STATUS_PREFIX}trials 3 120`,
      `${STATUS_PREFIX}exit 0 2`,
      `${STATUS_PREFIX}fail mount: \u001b[31mext4`,
      `${STATUS_PREFIX}alive 5`,
      `${STATUS_PREFIX}done`,
    ),
  check(input) {
    const line = printable(input.toString("utf8"));
    assert.ok(!hasUnseen(line.replaceAll(/[\n\t]/g, "")), JSON.stringify(line));
    const status = parseStatus(line);
    const numbers = Object.values(status ?? {}).filter((value) => typeof value === "number");
    assert.ok(numbers.every(Number.isFinite), JSON.stringify(status));
  },
};

const STANZA = `Package: linux-image-6.12.57+deb13-amd64
Version: 6.12.57-1
Filename: pool/main/l/linux/linux-image-6.12.57_amd64.deb
Size: 106000000
SHA256: ${"ab".repeat(32)}

`;

const packageIndex: FuzzTarget = {
  name: "package-index",
  samples: () => texts(STANZA, STANZA + STANZA, "Package: linux-base-6.19.1-amd64\nVersion: 1\n"),
  check(input) {
    for (const found of parsePackages(input.toString("latin1"), ORIGIN)) {
      assert.ok(Number.isSafeInteger(found.sizeBytes));
      assert.ok(found.uri.startsWith(`${ORIGIN.baseUri}/`));
    }
  },
};
const ORIGIN = { suite: "trixie", baseUri: "https://deb.debian.org/debian" };

/** An order: sorting by it may not depend on how the versions stood before. */
const versions: FuzzTarget = {
  name: "debian-version",
  samples: () => texts("1:6.1.192-2~bpo12+1 6.12~rc1-1 6.12-1", "0 00 0~", "1.0-1 1.0-1+b1 1.0"),
  check(input) {
    const [a = "", b = "", c = ""] = input.toString("latin1").split(" ");
    assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) || 0);
    assert.equal(compareVersions(a, a), 0);
    if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
      assert.ok(compareVersions(a, c) <= 0, "not an order");
    }
  },
};

function bzImage(): Buffer {
  const image = Buffer.alloc(0x800);
  image.writeUInt8(1, 0x1f1);
  image.write("HdrS", 0x202);
  image.writeUInt32LE(16, 0x248);
  image.writeUInt32LE(64, 0x24c);
  return image;
}

const kernelImage: FuzzTarget = {
  name: "kernel-image",
  samples: () => [bzImage()],
  check(input) {
    const payload = bzImagePayload(input);
    assert.ok(payload === null || (payload.length > 0 && payload.length <= input.length));
  },
};

export const LAB_TARGETS: readonly FuzzTarget[] = [
  guestOutput,
  guestStatus,
  packageIndex,
  versions,
  kernelImage,
];
