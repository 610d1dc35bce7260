import { spawnSync } from "node:child_process";
import { statfsSync } from "node:fs";
import type { Filesystem } from "../../results/environment.js";
import type { Mount } from "./mount.js";

export function filesystem(path: string, mount: Mount | null): Filesystem {
  const numbers = statfsSync(path);
  return {
    type: mount?.type ?? "unknown",
    mountPoint: mount?.mountPoint ?? null,
    mountOptions: mount?.options ?? [],
    features: mount?.type.startsWith("ext") ? extFeatures(mount.source) : null,
    blockSizeBytes: numbers.bsize,
    sizeBytes: numbers.blocks * numbers.bsize,
    freeBytes: numbers.bavail * numbers.bsize,
  };
}

/** From e2fsprogs, which only reads the superblock; null without it or without the right. */
function extFeatures(device: string): string[] | null {
  const { status, stdout } = spawnSync("dumpe2fs", ["-h", device], {
    encoding: "utf8",
    timeout: 5_000,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  if (status !== 0) return null;
  return (
    /^Filesystem features:\s*(.*)$/m
      .exec(stdout)?.[1]
      ?.split(" ")
      .filter((name) => name !== "") ?? null
  );
}
