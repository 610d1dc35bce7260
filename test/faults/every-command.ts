import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeFixture } from "../analysis/fixture.js";
import { writeFleet } from "../analysis/fixture-fleet.js";
import { fillCache, smallLab } from "./lab-template.js";
import { madeRecording } from "./made-recordings.js";
import type { Place } from "./place.js";
import { smallBench, smallExplain } from "./small-commands.js";

const HOSTS = ["web1", "web2", "web3"].map((host) => ({ host, kernelLabel: "6.1", rounds: 3 }));

/** Two results files, for the commands that read them. */
function fixtures(place: Place): [string, string] {
  mkdirSync(place.out, { recursive: true });
  const file = (kernelLabel: string) =>
    writeFixture(join(place.out, `${kernelLabel}.jsonl`), { kernelLabel, rounds: 3, writes: 32 });
  return [file("6.1"), file("6.12")];
}

/**
 * Each command, as it ends within a second or two. The lab stops before it boots, and `reproduce`, which only boots
 * guests, prints its help.
 */
export const EVERY_COMMAND: { [name: string]: (place: Place) => string[] } = {
  bench: (place) => smallBench(place),
  workloads: () => ["workloads"],
  probe: (place) => ["probe", place.dir],
  explain: smallExplain,
  inspect: (place) => ["inspect", join(place.outside, "data", "table")],
  watch: () => ["watch", "--all", "--interval", "100ms", "--duration", "300ms"],
  record: (place) => [
    ...["record", "--all", "--duration", "300ms", "--json"],
    ...["-o", join(place.root, "all.pbrec")],
  ],
  replay: (place) => {
    const recording = join(place.root, "made.pbrec");
    writeFileSync(recording, madeRecording());
    return ["replay", recording, "--dir", place.dir, "--out", place.out];
  },
  doctor: (place) => ["doctor", place.dir],
  report: (place) => ["report", ...fixtures(place), "--out", join(place.root, "report")],
  compare: (place) => ["compare", ...fixtures(place)],
  plan: (place) => ["plan", "--iops", "10k", ...fixtures(place)],
  export: (place) => ["export", ...fixtures(place)],
  fleet: (place) => ["fleet", writeFleet(place.root, HOSTS)],
  atlas: () => ["atlas", "ext4", "append"],
  lab: (place) => {
    fillCache(place, true);
    return smallLab(place, "--dry-run");
  },
  reproduce: () => ["reproduce", "--help"],
};
