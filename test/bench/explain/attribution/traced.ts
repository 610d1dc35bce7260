import type { AttributionContext } from "../../../../bench/explain/attribution/attribution.js";
import type {
  IssueAttempt,
  TracedWrite,
} from "../../../../bench/explain/attribution/traced-write.js";

/** Steps as `explain --raw` prints them: "xfs_ilock_nowait(2, 0) read_trylock_ret(1, 0), result -11". */
export function attemptOf(text: string): IssueAttempt {
  const steps = [...text.matchAll(/(\w+)\((-?\d+), (-?\d+)\)/g)].map(
    ([, name = "", value, detail]) => ({ name, value: Number(value), detail: Number(detail) }),
  );
  const result = /result (-?\d+)$/.exec(text)?.[1];
  return {
    steps,
    entered: result !== undefined,
    result: result ? Number(result) : null,
    bioRefused: null,
  };
}

/** A punted write of 4 KiB at the start of a file of 1 MiB. */
export function puntedWrite(changes: {
  inline: string;
  retry?: string;
  offsetBytes?: number;
  lengthBytes?: number;
  sizeBytes?: number;
}): TracedWrite {
  const { inline, retry, offsetBytes = 0, lengthBytes = 4096, sizeBytes = 1 << 20 } = changes;
  return {
    offsetBytes,
    lengthBytes,
    state: {
      seen: "at-entry",
      inodeFlags: 1 << 12,
      sizeBytes,
      diskSizeBytes: null,
      cachedPages: 0,
      lock: 0,
    },
    neverInline: null,
    workerInside: false,
    inline: attemptOf(inline),
    punt: { forced: false, drained: false, stack: null },
    retry: retry === undefined ? null : attemptOf(retry),
  };
}

/** A kernel with probes of functions, of a release such as "6.12". */
export function contextOf(
  filesystem: string,
  release: string,
  events: readonly string[],
  inode: AttributionContext["inode"] = null,
): AttributionContext {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return {
    kernel: { major, minor, patch: 0 },
    filesystem,
    filesystemBlockBytes: 4096,
    forced: false,
    setId: false,
    inode,
    events,
  };
}
