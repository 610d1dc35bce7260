import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../../terminal/errors.js";
import type { Ending } from "../ending.js";
import type { CaseEnd, FaultCase, FaultGroup } from "../group.js";
import { madeRecording, writes } from "../made-recordings.js";
import { atRandomMoment, signal } from "../moments.js";
import type { Place } from "../place.js";
import {
  cannotRecord,
  cutRecording,
  recordArguments,
  wholeRecording,
  withProgram,
} from "../recorded-program.js";
import { smallBench } from "../small-commands.js";
import { endedBySignal } from "./signals.js";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Name = "SIGKILL" | (typeof SIGNALS)[number];

/** The next recorder and the next bench both work after the last one. */
async function recordAgain(place: Place): Promise<Ending> {
  const output = join(place.root, "again.pbrec");
  const ending = await withProgram(place, (program) =>
    place.run(recordArguments(program, output, "--duration", "1s")),
  );
  if (ending.code !== EXIT.ok) return ending;
  if (wholeRecording(output).rows === 0) throw new Error("the next recording is empty");
  rmSync(output);
  return place.run(smallBench(place));
}

function recorderCase(name: Name, moment: number): FaultCase {
  return {
    name: `record ${name} ${moment}`,
    run: (place) =>
      withProgram(place, async (program): Promise<CaseEnd> => {
        const output = join(place.root, "out.pbrec");
        const begin = () => {
          rmSync(output, { force: true });
          return place.start(recordArguments(program, output, "--duration", "1s"));
        };
        const ending = await atRandomMoment(place, "record", begin, (running) =>
          signal(running, name),
        );
        if (ending.code === EXIT.ok) wholeRecording(output);
        else cutRecording(output);
        return { endings: [ending], cutOff: name === "SIGKILL" };
      }),
  };
}

/** Of a recording that was made on purpose: 400 requests through two rings, in 0.8 s. */
function replayCase(name: Name, moment: number): FaultCase {
  return {
    name: `replay ${name} ${moment}`,
    async run(place) {
      const input = join(place.root, "made.pbrec");
      const rows = [...writes(200, 4e6), ...writes(200, 4e6, { ring: 2, file: 2 })];
      writeFileSync(input, madeRecording({ rows }));
      const begin = () =>
        place.start(["replay", input, "--dir", place.dir, "--out", place.out, "--json"]);
      const ending = await atRandomMoment(place, "replay", begin, (running) =>
        signal(running, name),
      );
      return { endings: [ending], cutOff: name === "SIGKILL" };
    },
  };
}

const moments = (count: number, make: (moment: number) => FaultCase) =>
  Array.from({ length: count }, (_, moment) => make(moment));

export const recordingKills: FaultGroup = {
  name: "recording-kills",
  promise: "SIGKILL, SIGINT, SIGTERM or SIGHUP at a random moment of record and replay",
  cannotRun: cannotRecord,
  mayAlsoEnd: endedBySignal,
  secondRun: recordAgain,
  cases: [
    ...moments(20, (moment) => recorderCase("SIGKILL", moment)),
    ...SIGNALS.flatMap((name) => moments(6, (moment) => recorderCase(name, moment))),
    ...moments(20, (moment) => replayCase("SIGKILL", moment)),
    ...SIGNALS.flatMap((name) => moments(6, (moment) => replayCase(name, moment))),
  ],
};
