import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QEMU } from "../../../bench/lab/qemu/arguments.js";
import { hasUnseen } from "../../../terminal/quote.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { HOSTILE_GUESTS, type HostileGuest } from "../hostile-guests.js";
import { cannotRunLab, fillCacheWithImage, smallLab } from "../lab-template.js";
import type { Place } from "../place.js";

/** Floods take their time through a pipe. */
const FLOOD_MS = 180_000;

/** A folder with a program of qemu's name, which the unprivileged user of a guest may run. */
function programInPlaceOfQemu(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), "puntbench-guest-"));
  const program = join(folder, QEMU);
  writeFileSync(
    program,
    `#!/bin/sh\n[ "$1" = --version ] && exec echo QEMU emulator version 7.2\n${script}\n`,
  );
  for (const path of [folder, program]) chmodSync(path, 0o755);
  return folder;
}

/** Throws where a guest wrote to another place than its results. */
function checkWritten(place: Place): void {
  const written = existsSync(place.out)
    ? readdirSync(place.out, { recursive: true, encoding: "utf8" })
    : [];
  const foreign = written.filter((name) => !/^[\w.+-]+(\/\w[\w.+-]*\.jsonl)?$/.test(name));
  if (foreign.length > 0) throw new Error(`written below --out: ${foreign.slice(0, 5)}`);
  if (existsSync(join(place.root, "owned.jsonl"))) throw new Error("written above --out");
  if (existsSync("/tmp/puntbench-owned.jsonl")) throw new Error("written at an absolute path");
  // A guest chose the content: what readers do with it is the group of hostile results.
  rmSync(place.out, { recursive: true, force: true });
}

function guestCase({ name, script }: HostileGuest): FaultCase {
  return {
    name,
    async run(place) {
      const root = await fillCacheWithImage(place);
      const folder = programInPlaceOfQemu(script);
      const ending = await place.run(smallLab(place), {
        env: { PATH: `${folder}:${process.env.PATH}` },
        hangsAfterMs: FLOOD_MS,
      });
      rmSync(folder, { recursive: true });
      if (hasUnseen(`${ending.stdout}${ending.stderr}`.replaceAll(/[\n\t]/g, ""))) {
        throw new Error("a control character of the guest was printed");
      }
      checkWritten(place);
      rmSync(root, { recursive: true });
      return { endings: [ending] };
    },
  };
}

export const hostileGuests: FaultGroup = {
  name: "hostile-guests",
  promise: "a guest sends what it likes on its channels",
  slow: true,
  atOnce: 1,
  secondRunEvery: 10,
  cannotRun: cannotRunLab,
  cases: HOSTILE_GUESTS.map(guestCase),
};
