import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";
import type { Place } from "./place.js";

/** Everything about a tree but the times of access: names, owners, modes, times, links and contents. */
export function treeDigest(folder: string): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    const { mode, uid, gid, nlink, size, mtimeNs } = lstatSync(path, { bigint: true });
    hash.update(`${path} ${mode} ${uid} ${gid} ${nlink} ${size} ${mtimeNs}\n`);
    const kind = lstatSync(path);
    if (kind.isSymbolicLink()) hash.update(readlinkSync(path));
    else if (kind.isFile()) hash.update(readFileSync(path));
    else if (kind.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
  };
  add(folder);
  return hash.digest("hex");
}

/** What no case may change: the tree beside the scratch directory, and what lies in the checkout. */
export function outsideDigest(place: Place): string {
  const names = readdirSync(packageRoot()).sort().join("\n");
  return `${treeDigest(place.outside)} ${createHash("sha256").update(names).digest("hex")}`;
}
