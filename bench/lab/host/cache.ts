import { homedir } from "node:os";
import { join } from "node:path";

/** Where the lab keeps what it fetched and built: `$XDG_CACHE_HOME/puntbench`, by default `~/.cache/puntbench`. */
export interface LabCache {
  root: string;
  /** Held by whoever changes the cache, see `changingCache`. */
  lock: string;
  /** Folders of sessions that run now. */
  runs: string;
  /** A private apt: its configuration and signed indexes. */
  apt: string;
  /** Kernel packages found in those indexes. */
  packageIndex: string;
  /** Package files under download. */
  downloads: string;
  /** Unpacked kernels, one folder each. */
  kernels: string;
  /** Images of node and puntbench for guests. */
  payloads: string;
  /** Whether KVM works here. */
  accelerator: string;
}

export function labCache(environment: NodeJS.ProcessEnv = process.env): LabCache {
  const base = environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), ".cache");
  const root = join(base, "puntbench");
  return {
    root,
    lock: join(root, "lock"),
    runs: join(root, "runs"),
    apt: join(root, "apt"),
    packageIndex: join(root, "packages.json"),
    downloads: join(root, "downloads"),
    kernels: join(root, "kernels"),
    payloads: join(root, "payloads"),
    accelerator: join(root, "accelerator.json"),
  };
}
