import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  hostMirrors,
  type Mirrors,
  mirrorsAmong,
  mirrorsAt,
} from "../../../bench/lab/packages/mirrors.js";
import {
  configurationText,
  networkSettings,
  sourcesText,
} from "../../../bench/lab/packages/private-apt.js";
import { findProgram } from "../../../terminal/find-program.js";

const folder = mkdtempSync(join(tmpdir(), "puntbench-mirrors-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const skip = findProgram("apt-get") === null && "SKIPPED, needs apt";

/** What the lab reads from an apt that has only this source file. */
async function mirrorsIn(name: string, text: string): Promise<Mirrors> {
  const path = join(folder, name);
  writeFileSync(path, text);
  writeFileSync(
    join(folder, "apt.conf"),
    `Dir::Etc::sourcelist "${path}"; Dir::Etc::sourceparts "/dev/null";`,
  );
  process.env.APT_CONFIG = join(folder, "apt.conf");
  return hostMirrors().finally(() => delete process.env.APT_CONFIG);
}

const DEB822 = `# written by the installer
Types: deb deb-src
# another comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://security.example/debian-security
Suites: bookworm-security
Components: main
`;

test("mirrors are read from deb822 sources", { skip }, async () => {
  assert.deepEqual(await mirrorsIn("debian.sources", DEB822), {
    archive: "http://mirror.example/debian/",
    security: "http://security.example/debian-security/",
  });
});

test("mirrors are read from one-line sources, with options, comments and foreign archives between", {
  skip,
}, async () => {
  const text = [
    "# deb http://old.example/debian bullseye main",
    "deb [arch=amd64] https://packages.example/node nodistro main",
    "deb-src http://src.example/debian bookworm main",
    "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ trixie main contrib",
    "deb http://sec.example/debian-security trixie-security main",
  ].join("\n");
  assert.deepEqual(await mirrorsIn("sources.list", text), {
    archive: "http://mirror.example/debian/",
    security: "http://sec.example/debian-security/",
  });
});

test("a file of mirrors, as cloud images have it, stands for its first one", { skip }, async () => {
  const list = join(folder, "mirrors.list");
  writeFileSync(list, "https://first.example/debian\nhttps://second.example/debian\n");
  const text = `Types: deb\nURIs: mirror+file:${list}\nSuites: trixie\nComponents: main\n`;
  assert.equal((await mirrorsIn("cloud.sources", text)).archive, "https://first.example/debian");
});

test("a disabled stanza does not count", { skip }, async () => {
  const text = DEB822.replace("Types: deb deb-src", "Enabled: no\nTypes: deb");
  await assert.rejects(mirrorsIn("x.sources", text), /names no Debian mirror/);
});

test("Ubuntu's sources name no Debian mirror", () => {
  assert.equal(mirrorsAmong("noble http://archive.example/ubuntu/\n"), null);
});

test("security updates are looked for beside a mirror that is named debian", () => {
  assert.equal(mirrorsAt("http://m.example/debian/").security, "http://m.example/debian-security");
  assert.equal(mirrorsAt("http://m.example/snapshot/2026").security, null);
});

test("every source is verified with Debian's keys alone", () => {
  const text = sourcesText({ archive: "http://m.example/debian", security: null }, "/keys.gpg");
  assert.match(text, /Suites: bullseye bookworm .* sid\n/);
  assert.match(text, /Signed-By: \/keys\.gpg/);
  assert.doesNotMatch(text, /trusted/i);
});

test("of the host's apt only the way to the network is taken over", () => {
  const dump = [
    'APT::Get::AllowUnauthenticated "1";',
    'Acquire::AllowInsecureRepositories "1";',
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::https::Verify-Peer "true";',
    'Acquire::Check-Valid-Until "false";',
    'Dir::State "var/lib/apt";',
  ].join("\n");
  const kept = networkSettings(dump);
  assert.deepEqual(kept, [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::https::Verify-Peer "true";',
    'Acquire::Check-Valid-Until "false";',
  ]);
  const text = configurationText("/cache/apt", kept);
  assert.match(text, /^Dir "\/cache\/apt";/);
  assert.doesNotMatch(text, /Insecure|Unauthenticated/);
});
