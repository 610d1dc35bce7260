import { spawnSync } from "node:child_process";

let canTie: boolean | null = null;

/**
 * A command line whose process the kernel kills when this one dies, however it dies (util-linux'
 * setpriv and PR_SET_PDEATHSIG); the plain command line where that cannot be had.
 */
export function tiedCommand(
  program: string,
  args: readonly string[],
): { program: string; args: string[] } {
  canTie ??= spawnSync("setpriv", ["--pdeathsig", "KILL", "true"]).status === 0;
  return canTie
    ? { program: "setpriv", args: ["--pdeathsig", "KILL", program, ...args] }
    : { program, args: [...args] };
}
