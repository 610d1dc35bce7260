import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type Controller = "pids" | "memory";

/** The file that holds the limit, in version 1 and in version 2 of control groups. */
const LIMIT_FILES: Readonly<Record<Controller, Record<"cgroup" | "cgroup2", string>>> = {
  pids: { cgroup: "pids.max", cgroup2: "pids.max" },
  memory: { cgroup: "memory.limit_in_bytes", cgroup2: "memory.max" },
};

interface Hierarchy {
  folder: string;
  limitFile: string;
}

/** Where groups with this controller are made; null: this machine has none, or the program may not make any. */
function hierarchyOf(controller: Controller): Hierarchy | null {
  for (const line of readFileSync("/proc/self/mountinfo", "utf8").split("\n")) {
    const [mount = "", filesystem = ""] = line.split(" - ");
    const folder = mount.split(" ")[4] ?? "";
    const [type, , options = ""] = filesystem.split(" ");
    const limitFile = LIMIT_FILES[controller][type as "cgroup" | "cgroup2"];
    if (type === "cgroup" && options.split(",").includes(controller)) return { folder, limitFile };
    if (type === "cgroup2" && hasController(folder, controller)) return { folder, limitFile };
  }
  return null;
}

function hasController(folder: string, controller: Controller): boolean {
  return readFileSync(join(folder, "cgroup.subtree_control"), "utf8")
    .split(/\s/)
    .includes(controller);
}

/** Which of the controllers this machine does not have. */
export function missingControllers(): Controller[] {
  return (["pids", "memory"] as const).filter((name) => hierarchyOf(name) === null);
}

/** A control group with a limit, for one case. */
export class ControlGroup {
  readonly #folder: string;

  /** `marker` is the directory of the case. Throws where the group cannot be made. */
  constructor(controller: Controller, limit: number, marker: string) {
    const hierarchy = hierarchyOf(controller);
    if (hierarchy === null) throw new Error(`no control group has the controller ${controller}`);
    const name = `puntbench-faults-${process.pid}-${basename(marker)}`;
    this.#folder = join(hierarchy.folder, name);
    mkdirSync(this.#folder);
    writeFileSync(join(this.#folder, hierarchy.limitFile), String(limit));
  }

  /** Words before a command, which begins inside the group. */
  get prefix(): string[] {
    return ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', this.#folder];
  }

  /** The kernel lets go of a group a moment after its last process has ended. */
  async remove(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        rmdirSync(this.#folder);
        return;
      } catch (error) {
        if (tries === 100) throw error;
        await sleep(50);
      }
    }
  }
}
