import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PREPARATIONS, type Preparation } from "../../../results/vocabulary.js";
import { EXIT } from "../../../terminal/errors.js";
import { findProgram } from "../../../terminal/find-program.js";
import { FaultyDevice } from "../faulty-device.js";
import type { CaseEnd, FaultCase, FaultGroup } from "../group.js";
import { cannotRunLab } from "../lab-template.js";
import { atRandomMoment, signal } from "../moments.js";
import type { Place, Running } from "../place.js";
import { smallBench } from "../small-commands.js";
import { endedBySignal } from "./signals.js";

/** So many trials that most random moments lie between the first and the last of them, also in an emulated guest. */
const ROUNDS = 20;
const SUSPENDED_MS = 3_000;
/** An emulated guest on a busy machine takes longer than the host. */
const HANGS_AFTER_MS = 150_000;

/** One disk under a bench: the device, and what happens at a random moment. */
interface Disk {
  place: Place;
  device: FaultyDevice;
  /** Runs the bench, with `act` at a random moment. */
  benchWith(act: (running: Running) => void): Promise<CaseEnd["endings"][number]>;
}

/** The disk fails; afterwards it is repaired. The bench could perhaps not remove its files. */
const fails =
  (target: string) =>
  async ({ device, benchWith }: Disk): Promise<CaseEnd> => {
    const ending = await benchWith(() => device.become(target));
    device.repair();
    return { endings: [ending], cutOff: true, codes: [EXIT.ok, EXIT.failure, EXIT.usage] };
  };

/** Requests wait, and go on: no error comes of it. In every other case, as the seed has it, SIGINT comes meanwhile. */
async function isSuspended({ place, device, benchWith }: Disk): Promise<CaseEnd> {
  const interrupted = place.random() < 0.5;
  let resumed: Promise<void> = Promise.resolve();
  const ending = await benchWith((running) => {
    device.suspend();
    if (interrupted) signal(running, "SIGINT");
    resumed = sleep(SUSPENDED_MS).then(() => device.resume());
  });
  await resumed;
  return { endings: [ending], codes: interrupted ? [EXIT.ok, EXIT.interrupted] : [EXIT.ok] };
}

async function fills({ place, benchWith }: Disk): Promise<CaseEnd> {
  const filler = join(place.dir, "filler");
  const ending = await benchWith(() => fillDisk(filler));
  rmSync(filler);
  return { endings: [ending], codes: [EXIT.ok, EXIT.failure, EXIT.usage] };
}

/** Writes until the filesystem has no free block. */
function fillDisk(path: string): void {
  const file = openSync(path, "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(2 ** 18));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    closeSync(file);
  }
}

const FAULTS: Readonly<Record<string, (disk: Disk) => Promise<CaseEnd>>> = {
  "dm-error": fails("error"),
  "dm-flakey, every other second": fails("flakey /dev/ram0 0 1 1"),
  "dm suspended": isSuspended,
  "disk fills": fills,
};

function deviceCase(fault: string, preparation: Preparation): FaultCase {
  return {
    name: `${fault}, ${preparation}`,
    async run(place) {
      const device = new FaultyDevice(place);
      const start = () =>
        place.start(smallBench(place, preparation, ROUNDS), { hangsAfterMs: HANGS_AFTER_MS });
      const benchWith: Disk["benchWith"] = (act) => atRandomMoment(place, "bench", start, act);
      return (FAULTS[fault] as (disk: Disk) => Promise<CaseEnd>)({ place, device, benchWith });
    },
  };
}

export const devices: FaultGroup = {
  name: "devices",
  promise: "the disk under a bench fails, waits or fills; in guests, on a device of device-mapper",
  slow: true,
  atOnce: 1,
  cannotRun: () =>
    findProgram("dmsetup") === null
      ? "dmsetup is missing: ./scripts/bootstrap --lab"
      : cannotRunLab(),
  guest: { kernel: "6.1", programs: ["dmsetup"], modules: ["brd", "dm_flakey"] },
  mayAlsoEnd: endedBySignal,
  secondRun: (place) => place.run(smallBench(place), { hangsAfterMs: HANGS_AFTER_MS }),
  cases: Object.keys(FAULTS).flatMap((fault) =>
    PREPARATIONS.map((preparation) => deviceCase(fault, preparation)),
  ),
};
