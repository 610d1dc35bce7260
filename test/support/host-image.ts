import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "../../terminal/find-program.js";
import { packageRoot } from "../../terminal/package-root.js";

const missing = ["ansible-playbook", "mmdebstrap", "ssh-keygen", "mke2fs"].filter(
  (name) => findProgram(name) === null,
);
/** Why no host for Ansible can be made here. */
export const noHosts: string | false =
  missing.length > 0
    ? `SKIPPED, needs ${missing.join(", ")}: ./scripts/bootstrap --fleet, and apt-get install mmdebstrap`
    : process.getuid?.() !== 0 && "SKIPPED, needs root to make a host's disk";

/** The first process of a host. */
export const HOST_INIT = "/sbin/fleet-host";

/** QEMU's user network has this address for its guest. There is no systemd, which would take most of the start. */
const INIT = `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
ln -s /proc/self/fd /dev/fd
mkdir -p /run/sshd
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
/usr/sbin/sshd -D -e
`;

const DISK_BYTES = 1536 * 2 ** 20;
/** What a guest needs to be a host for Ansible. It has neither node nor a compiler. */
const PACKAGES = "openssh-server,python3,iproute2";
const WITHOUT = ["doc", "man", "locale"].map(
  (name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`,
);

/** A disk with Debian 12 and an sshd that takes `publicKey`. Debian is fetched once and kept below dist/. */
export function hostImage(folder: string, publicKey: string): string {
  const debian = join(packageRoot(), "dist", "test-fleet-debian.tar");
  if (!existsSync(debian)) {
    const how = [
      "--quiet",
      "--format=tar",
      "--variant=essential",
      "--mode=root",
      `--include=${PACKAGES}`,
      ...WITHOUT,
    ];
    execFileSync("mmdebstrap", [...how, "bookworm", `${debian}.new`], { stdio: "inherit" });
    renameSync(`${debian}.new`, debian);
  }
  const root = mkdtempSync(join(folder, "root-"));
  execFileSync("tar", ["-xf", debian, "-C", root, "--exclude=./dev/*"]);
  mkdirSync(join(root, "root/.ssh"), { mode: 0o700 });
  writeFileSync(join(root, "root/.ssh/authorized_keys"), publicKey, { mode: 0o600 });
  writeFileSync(join(root, HOST_INIT), INIT, { mode: 0o755 });
  writeFileSync(join(root, "etc/ssh/sshd_config.d/fleet.conf"), "UsePAM no\nUseDNS no\n");
  const image = join(folder, "host.ext4");
  execFileSync("truncate", ["--size", String(DISK_BYTES), image]);
  execFileSync("mke2fs", [
    "-q",
    "-F",
    "-t",
    "ext4",
    "-O",
    "^orphan_file,^metadata_csum_seed",
    "-d",
    root,
    image,
  ]);
  rmSync(root, { recursive: true });
  return image;
}
