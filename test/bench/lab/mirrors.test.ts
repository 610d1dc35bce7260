import assert from "node:assert/strict";
import { test } from "node:test";
import { mirrorsAt, mirrorsOf } from "../../../bench/lab/packages/mirrors.js";
import {
  configurationText,
  networkSettings,
  sourcesText,
} from "../../../bench/lab/packages/private-apt.js";

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

test("mirrors are read from deb822 sources", () => {
  assert.deepEqual(mirrorsOf([{ name: "debian.sources", text: DEB822 }]), {
    archive: "http://mirror.example/debian",
    security: "http://security.example/debian-security",
  });
});

test("mirrors are read from one-line sources, with options, comments and foreign archives between", () => {
  const text = [
    "# deb http://old.example/debian bullseye main",
    "deb [arch=amd64] https://packages.example/node nodistro main",
    "deb-src http://src.example/debian bookworm main",
    "deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian/ trixie main contrib",
    "deb http://sec.example/debian-security trixie-security main",
  ].join("\n");
  assert.deepEqual(mirrorsOf([{ name: "sources.list", text }]), {
    archive: "http://mirror.example/debian/",
    security: "http://sec.example/debian-security",
  });
});

test("a disabled stanza does not count", () => {
  const text = DEB822.replace("Types: deb deb-src", "Enabled: no\nTypes: deb");
  assert.equal(mirrorsOf([{ name: "x.sources", text }]), null);
});

test("Ubuntu's sources name no Debian mirror", () => {
  const text = "deb http://archive.example/ubuntu noble main";
  assert.equal(mirrorsOf([{ name: "sources.list", text }]), null);
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
