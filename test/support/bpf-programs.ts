import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** Numbers of the BPF programs that a process holds; none when it has ended. */
export function programsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fdinfo`;
  try {
    return readdirSync(folder).flatMap((name) => {
      const id = /^prog_type[\s\S]*^prog_id:\s*(\d+)$/m.exec(read(`${folder}/${name}`))?.[1];
      return id === undefined ? [] : [id];
    });
  } catch {
    return [];
  }
}

/** Those of the programs that are in the kernel. Needs bpftool. */
export function stillLoaded(programs: readonly string[]): string[] {
  return programs.filter(
    (id) => spawnSync("bpftool", ["prog", "show", "id", id], { stdio: "ignore" }).status === 0,
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
