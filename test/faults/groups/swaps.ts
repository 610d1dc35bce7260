import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../../terminal/errors.js";
import { buildProgram } from "../build-program.js";
import type { Ending } from "../ending.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { signal } from "../moments.js";
import type { Place } from "../place.js";
import { smallBench } from "../small-commands.js";

const NOBODY = 65534;
const ACTIONS = ["rename", "symlink", "hardlink"] as const;
type Action = (typeof ACTIONS)[number];

/** Who owns the directory that is named to puntbench, and who attacks there. */
interface Owner {
  name: string;
  owns: number;
  mode: number;
  attacks: number;
}
const OWNERS: readonly Owner[] = [
  { name: "root's directory, attacked by root", owns: 0, mode: 0o700, attacks: 0 },
  { name: "a sticky directory, attacked by another user", owns: 0, mode: 0o1777, attacks: NOBODY },
  {
    name: "another user's directory, attacked by its owner",
    owns: NOBODY,
    mode: 0o755,
    attacks: NOBODY,
  },
];

/** When: so long after the entry appears; some with an interrupt, so that the removal meets the attack. */
const MOMENTS = [
  { name: "at once", delayUs: 0, interrupt: false },
  { name: "after 20 ms", delayUs: 20_000, interrupt: false },
  { name: "after 200 ms", delayUs: 200_000, interrupt: false },
  { name: "with SIGINT", delayUs: 50_000, interrupt: true },
] as const;
type Moment = (typeof MOMENTS)[number];

/** What is attacked: a name in one of the directories that are named to puntbench. */
const TARGETS = {
  scratch: { folder: (place: Place) => place.dir, prefix: "puntbench-scratch-" },
  results: { folder: (place: Place) => place.out, prefix: "fault" },
} as const;
type Target = keyof typeof TARGETS;

interface Attack {
  target: Target;
  action: Action;
  moment: Moment;
  owner: Owner;
}

/** What the attacker left goes; what puntbench left of its own in a stolen scratch directory is a fault. */
function cleanUp(folder: string, { target, action }: Attack, report: string): void {
  const [name = "", outcome] = report.trim().split(" ");
  if (outcome === "done") {
    const planted = { rename: "planted", symlink: "table", hardlink: "table" }[action];
    if (!existsSync(join(folder, name, planted))) throw new Error(`a foreign ${planted} is gone`);
    // Stolen before puntbench had asked for its place, it was removed under its new name.
    const stolen = join(folder, `${name}.stolen`);
    const left = existsSync(stolen) ? readdirSync(stolen) : [];
    if (target === "scratch" && left.length > 0) throw new Error(`left behind: ${left}`);
    for (const path of [join(folder, name), stolen]) rmSync(path, { recursive: true, force: true });
  }
  // For the second run.
  chownSync(folder, 0, 0);
  chmodSync(folder, 0o700);
}

function checkEnding({ target, owner }: Attack, { code, stderr }: Ending): void {
  const refused = target === "scratch" && owner.owns !== 0;
  if (refused !== (code === EXIT.usage)) {
    throw new Error(`exit code ${code}: ${stderr.trim().slice(-300)}`);
  }
}

function swapCase(attack: Attack): FaultCase {
  const { target, action, moment, owner } = attack;
  return {
    name: `${target}: ${action} ${moment.name}, ${owner.name}`,
    async run(place) {
      const folder = TARGETS[target].folder(place);
      mkdirSync(folder, { recursive: true });
      chmodSync(place.root, 0o755);
      chmodSync(folder, owner.mode);
      chownSync(folder, owner.owns, owner.owns);
      const report = join(place.root, "report");
      const swapper = place.startProgram([
        buildProgram("swapper"),
        ...[String(owner.attacks), folder, TARGETS[target].prefix, String(moment.delayUs)],
        ...[action, join(place.outside, "data"), report],
      ]);
      const bench = place.start(smallBench(place, "fallocate-0,keep-size,dd-prefill", 2));
      if (moment.interrupt) void swapper.ended.then(() => signal(bench, "SIGINT"));
      const ending = await bench.ended;
      swapper.child.kill("SIGKILL");
      await swapper.ended;
      cleanUp(folder, attack, readFileSync(report, "utf8"));
      checkEnding(attack, ending);
      return { endings: [ending] };
    },
  };
}

export const swaps: FaultGroup = {
  name: "swaps",
  promise: "somebody puts something else in the place of the scratch directory or of the results",
  secondRunEvery: 10,
  cases: (Object.keys(TARGETS) as Target[]).flatMap((target) =>
    ACTIONS.flatMap((action) =>
      MOMENTS.flatMap((moment) =>
        OWNERS.map((owner) => swapCase({ target, action, moment, owner })),
      ),
    ),
  ),
};
