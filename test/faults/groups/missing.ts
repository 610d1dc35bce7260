import { join } from "node:path";
import { EVERY_COMMAND } from "../every-command.js";
import type { FaultCase, FaultGroup } from "../group.js";
import type { Place } from "../place.js";

/** An empty filesystem above a folder, which only the command sees. */
function hidden(folder: string): string[] {
  const script = `mount -t tmpfs none '${folder}' && exec "$0" "$@"`;
  return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script];
}

/** What is missing: words before the command, and changes of its environment. */
const MISSING: {
  [name: string]: (place: Place) => { prefix?: string[]; env?: NodeJS.ProcessEnv };
} = {
  "/proc": () => ({ prefix: hidden("/proc") }),
  "/sys": () => ({ prefix: hidden("/sys") }),
  "/sys/block": () => ({ prefix: hidden("/sys/block") }),
  "/sys/kernel": () => ({ prefix: hidden("/sys/kernel") }),
  "/dev": () => ({ prefix: hidden("/dev") }),
  "the right to mount": () => ({
    prefix: ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"],
  }),
  "every right": () => ({ prefix: ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] }),
  "every program": ({ outside }) => ({ env: { PATH: join(outside, "no-programs") } }),
  "the user's folders": ({ outside }) => {
    const gone = join(outside, "gone");
    return { env: { HOME: gone, TMPDIR: gone, XDG_CACHE_HOME: gone } };
  },
};

const COMMANDS = ["bench", "probe", "explain", "inspect", "doctor", "watch", "record", "replay"];

function missingCase(what: string, command: string): FaultCase {
  return {
    name: `${command} without ${what}`,
    async run(place) {
      const args = EVERY_COMMAND[command]?.(place) ?? [];
      return { endings: [await place.run(args, MISSING[what]?.(place) ?? {})] };
    },
  };
}

export const missing: FaultGroup = {
  name: "missing",
  promise: "/proc, /sys, /dev, tracefs, rights, programs or the user's folders are missing",
  secondRunEvery: 10,
  cases: Object.keys(MISSING).flatMap((what) =>
    COMMANDS.map((command) => missingCase(what, command)),
  ),
};
