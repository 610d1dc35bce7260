import { spawnSync } from "node:child_process";

let canTie: boolean | null = null;

/**
 * A command line whose process the kernel kills when this process dies, even by SIGKILL (setpriv of
 * util-linux sets PR_SET_PDEATHSIG). Without setpriv it is the plain command line.
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
