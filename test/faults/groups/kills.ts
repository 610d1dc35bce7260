import { setTimeout as sleep } from "node:timers/promises";
import type { FaultCase, FaultGroup } from "../group.js";
import { cannotRunLab, fillCache, smallLab } from "../lab-template.js";
import { atRandomMoment, signal } from "../moments.js";
import type { Place, Running } from "../place.js";
import { smallBench, smallExplain } from "../small-commands.js";

function killedAtRandom(name: string, start: (place: Place) => Running): FaultCase[] {
  return Array.from({ length: 200 }, (_, moment) => ({
    name: `moment ${moment}`,
    async run(place) {
      const begin = () => start(place);
      const kill = (running: Running) => signal(running, "SIGKILL");
      return { endings: [await atRandomMoment(place, name, begin, kill)], killed: true };
    },
  }));
}

const bench = (place: Place) => place.start(smallBench(place, "fallocate-0,keep-size"));
const explain = (place: Place) => place.start(smallExplain(place));

export const benchKills: FaultGroup = {
  name: "bench-kills",
  promise: "SIGKILL at a random moment of a bench; the next run names what was left",
  cases: killedAtRandom("bench", bench),
};

/** One at a time: the next explain removes what is left in tracefs, also what another case has left. */
export const explainKills: FaultGroup = {
  name: "explain-kills",
  promise: "SIGKILL at a random moment of explain; the next explain removes what was left",
  atOnce: 1,
  secondRun: (place) => explain(place).ended,
  cases: killedAtRandom("explain", explain),
};

/** Most moments come before the guest has booted, where the lab makes files; a few come while the guest works. */
function labKilled(moment: number): FaultCase {
  const lastsMs = moment < 160 ? 4_000 : 20_000;
  return {
    name: `moment ${moment}`,
    async run(place) {
      fillCache(place);
      const running = place.start(smallLab(place));
      await sleep(place.random() * lastsMs);
      signal(running, "SIGKILL");
      return { endings: [await running.ended], killed: true };
    },
  };
}

export const labKills: FaultGroup = {
  name: "lab-kills",
  promise:
    "SIGKILL at a random moment of the lab; qemu ends, and the next lab removes what was left",
  slow: true,
  atOnce: 1,
  cannotRun: cannotRunLab,
  secondRun: (place) => place.run(smallLab(place, "--dry-run")),
  cases: Array.from({ length: 200 }, (_, moment) => labKilled(moment)),
};
