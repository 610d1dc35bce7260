import { setTimeout as sleep } from "node:timers/promises";
import { hasTrace } from "../checks.js";
import type { Ending } from "../ending.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { atRandomMoment, signal } from "../moments.js";
import type { Place, Running } from "../place.js";
import { smallBench, smallExplain } from "../small-commands.js";

const bench = (place: Place) => place.start(smallBench(place, "fallocate-0,keep-size"));
const explain = (place: Place) => place.start(smallExplain(place));

function twoInterrupts(place: Place): (running: Running) => void {
  return async (running) => {
    signal(running, "SIGINT");
    await sleep(place.random() * 50);
    signal(running, "SIGINT");
  };
}

type Act = (place: Place) => (running: Running) => void;
const once =
  (name: NodeJS.Signals): Act =>
  () =>
  (running) =>
    signal(running, name);
const ACTS: Record<string, Act> = {
  SIGINT: once("SIGINT"),
  SIGTERM: once("SIGTERM"),
  SIGHUP: once("SIGHUP"),
  "two SIGINT": twoInterrupts,
};

/** 35 moments of bench and 15 of explain, of each. */
function signalCases(name: string, act: Act): FaultCase[] {
  return Array.from({ length: 50 }, (_, moment) => ({
    name: `${name} ${moment}`,
    async run(place) {
      const [command, start] =
        moment < 35 ? (["bench", bench] as const) : (["explain", explain] as const);
      const ending = await atRandomMoment(place, command, () => start(place), act(place));
      return { endings: [ending] };
    },
  }));
}

/** Before it handles signals and after its last work the command has nothing to remove: the signal ends it at once. */
export function endedBySignal(ending: Ending): boolean {
  const { signal } = ending;
  return signal !== null && ["SIGINT", "SIGTERM", "SIGHUP"].includes(signal) && !hasTrace(ending);
}

export const signals: FaultGroup = {
  name: "signals",
  promise: "SIGINT, SIGTERM, SIGHUP or two SIGINTs at a random moment of bench and explain",
  mayAlsoEnd: endedBySignal,
  cases: Object.entries(ACTS).flatMap(([name, act]) => signalCases(name, act)),
};
