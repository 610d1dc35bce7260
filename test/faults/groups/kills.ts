import { setTimeout as sleep } from "node:timers/promises";
import type { FaultCase, FaultGroup } from "../group.js";
import { cannotRunLab, cleanLab, fillCache, smallLab } from "../lab-template.js";
import { atRandomMoment, signal } from "../moments.js";
import type { Place, Running } from "../place.js";
import { smallBench, smallExplain } from "../small-commands.js";

function killedAtRandom(
  name: string,
  start: (place: Place) => Running,
  moments = 200,
): FaultCase[] {
  return Array.from({ length: moments }, (_, moment) => ({
    name: `moment ${moment}`,
    async run(place) {
      const begin = () => start(place);
      const kill = (running: Running) => signal(running, "SIGKILL");
      return { endings: [await atRandomMoment(place, name, begin, kill)], cutOff: true };
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

/** Everything that a lab does before it boots a guest. A cache without the system image is filled as well. */
function prepareLab(place: Place): Running {
  return place.start(smallLab(place, "--dry-run"));
}

const labCases = killedAtRandom("lab", prepareLab, 160).map(
  (fault, number): FaultCase => ({
    ...fault,
    run(place) {
      fillCache(place, number % 4 > 0);
      return fault.run(place);
    },
  }),
);

/** The next lab is prepared in one case of ten. In the others `lab clean` stands for it: it sweeps in the same way. */
export const labKills: FaultGroup = {
  name: "lab-kills",
  promise: "SIGKILL at a random moment before the lab boots; the next lab removes what was left",
  cannotRun: cannotRunLab,
  secondRun: (place) => place.run(place.random() < 0.1 ? smallLab(place, "--dry-run") : cleanLab()),
  cases: labCases,
};

const GUEST_MS = 20_000;

export const guestKills: FaultGroup = {
  name: "guest-kills",
  promise: "SIGKILL of the lab while its guest boots and works; qemu ends too",
  slow: true,
  atOnce: 1,
  cannotRun: cannotRunLab,
  secondRun: (place) => place.run(smallLab(place, "--dry-run")),
  cases: Array.from({ length: 40 }, (_, moment) => ({
    name: `moment ${moment}`,
    async run(place) {
      fillCache(place, true);
      const running = place.start(smallLab(place));
      await sleep(place.random() * GUEST_MS);
      signal(running, "SIGKILL");
      return { endings: [await running.ended], cutOff: true };
    },
  })),
};
