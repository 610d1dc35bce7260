import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Which processes are watched. */
export type Selection =
  | { kind: "all" }
  | { kind: "processes"; ids: readonly number[] }
  | { kind: "name"; name: string }
  | { kind: "cgroup"; folder: string };

/** Process ids that a selection means now; children of chosen processes are included. */
export function selectedProcesses(selection: Selection): Set<number> {
  const chosen = new Set<number>();
  if (selection.kind === "all") return chosen;
  if (selection.kind === "cgroup") return cgroupProcesses(selection.folder);
  const parents = new Map<number, number>();
  for (const id of allProcesses()) {
    const process = readProcess(id);
    if (process === null) continue;
    parents.set(id, process.parent);
    const isChosen =
      selection.kind === "name" ? process.name === selection.name : selection.ids.includes(id);
    if (isChosen) chosen.add(id);
  }
  for (const id of parents.keys()) {
    if (hasAncestor(id, chosen, parents)) chosen.add(id);
  }
  return chosen;
}

function hasAncestor(
  id: number,
  chosen: ReadonlySet<number>,
  parents: ReadonlyMap<number, number>,
): boolean {
  // Bounded: the processes are read one after the other, so that a loop is possible in theory.
  let at = id;
  for (let steps = 0; steps < 64; steps += 1) {
    const parent = parents.get(at);
    if (parent === undefined || parent === 0) return false;
    if (chosen.has(parent)) return true;
    at = parent;
  }
  return false;
}

/** null when the process has ended. */
export function readProcess(id: number): { name: string; parent: number } | null {
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
