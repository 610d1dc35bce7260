import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Which processes are watched. */
export type Selection =
  | { kind: "all" }
  | { kind: "processes"; ids: readonly number[] }
  | { kind: "name"; name: string }
  | { kind: "cgroup"; folder: string };

/** The name of a process, and the process that started it. */
export interface Process {
  name: string;
  parent: number;
}

/** So many looks, and every process is read again: a running program seldom changes its name. */
const LOOKS_BETWEEN_ALL = 10;

/**
 * Process ids that a selection means; children of chosen processes are included. Between two full looks only processes
 * are read that are new.
 */
export class SelectedProcesses {
  readonly #known = new Map<number, Process | null>();
  #looks = 0;

  constructor(readonly selection: Selection) {}

  look(): Set<number> {
    const { selection } = this;
    if (selection.kind === "all") return new Set();
    if (selection.kind === "cgroup") return cgroupProcesses(selection.folder);
    this.#read();
    const chosen = new Set<number>();
    for (const [id, process] of this.#known) {
      const isChosen =
        selection.kind === "name" ? process?.name === selection.name : selection.ids.includes(id);
      if (process !== null && isChosen) chosen.add(id);
    }
    if (chosen.size === 0) return chosen;
    for (const id of this.#known.keys()) {
      if (hasAncestor(id, chosen, this.#known)) chosen.add(id);
    }
    return chosen;
  }

  #read(): void {
    if (this.#looks % LOOKS_BETWEEN_ALL === 0) this.#known.clear();
    this.#looks += 1;
    const ids = new Set(allProcesses());
    for (const id of this.#known.keys()) {
      if (!ids.has(id)) this.#known.delete(id);
    }
    for (const id of ids) {
      if (!this.#known.has(id)) this.#known.set(id, readProcess(id));
    }
  }
}

function hasAncestor(
  id: number,
  chosen: ReadonlySet<number>,
  processes: ReadonlyMap<number, Process | null>,
): boolean {
  // Bounded: the processes are read one after the other, so that a loop is possible in theory.
  let at = id;
  for (let steps = 0; steps < 64; steps += 1) {
    const parent = processes.get(at)?.parent;
    if (parent === undefined || parent === 0) return false;
    if (chosen.has(parent)) return true;
    at = parent;
  }
  return false;
}

/** null when the process has ended. */
export function readProcess(id: number): Process | null {
  try {
    // The name stands in parentheses and may hold any character, spaces and parentheses included.
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    const end = stat.lastIndexOf(")");
    const name = stat.slice(stat.indexOf("(") + 1, end);
    return { name, parent: Number(stat.slice(end + 2).split(" ")[1]) };
  } catch {
    return null;
  }
}

export function allProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The processes of a cgroup and of those below it. */
function cgroupProcesses(folder: string): Set<number> {
  const found = new Set<number>();
  const list = join(folder, "cgroup.procs");
  if (!existsSync(list)) return found;
  for (const line of readFileSync(list, "utf8").split("\n"))
    if (line !== "") found.add(Number(line));
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    for (const id of cgroupProcesses(join(folder, entry.name))) found.add(id);
  }
  return found;
}
