import {
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { EXIT } from "../../../terminal/errors.js";
import type { FaultCase, FaultGroup } from "../group.js";
import { cannotRunLab, fillCacheWithImage, smallLab } from "../lab-template.js";
import type { Place } from "../place.js";

/** apt tries each address several times before it says that there is no network. */
const OFFLINE_MS = 240_000;
const NOBODY = 65534;

/** What a guest is made of, and what the lab chooses by. Each by the end of its path in the cache. */
const ARTEFACTS: Readonly<Record<string, { path: RegExp; booted: boolean }>> = {
  "the list of packages": { path: /^packages\.json$/, booted: false },
  "an index of apt": { path: /^apt\/.*_Packages/, booted: false },
  "the kernel": { path: /^kernels\/.*\/vmlinuz[^/]*$/, booted: true },
  "a module": { path: /^kernels\/.*\/xfs\.ko(\.xz)?$/, booted: true },
  "the modules' dependencies": { path: /^kernels\/.*\/modules\.dep\.bin$/, booted: true },
  "the configuration": { path: /^kernels\/.*\/config[^/]*$/, booted: true },
  "the manifest": { path: /^kernels\/.*\/manifest\.json$/, booted: false },
  "the system image": { path: /^payloads\/system-.*\.ext4$/, booted: true },
};

const SPOIL: Readonly<Record<string, (file: string, place: Place) => void>> = {
  "a byte is another": (file, place) => {
    const bytes = readFileSync(file);
    const at = Math.floor(place.random() * bytes.length);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
    writeFileSync(file, bytes);
  },
  "cut in half": (file) => truncateSync(file, Math.floor(statSync(file).size / 2)),
  "another user's": (file) => chownSync(file, NOBODY, NOBODY),
};

/** The files are hard links: the case gets a copy of the one that it spoils. */
function ownCopy(file: string): void {
  copyFileSync(file, `${file}.copy`);
  renameSync(`${file}.copy`, file);
}

function spoiledCase(name: string, how: string): FaultCase {
  const { path, booted } = ARTEFACTS[name] as (typeof ARTEFACTS)[string];
  return {
    name: `${name}: ${how}`,
    async run(place) {
      const root = await fillCacheWithImage(place);
      const found = readdirSync(root, { recursive: true, encoding: "utf8" }).find(
        (file) => path.test(file) && statSync(join(root, file)).isFile(),
      );
      if (found === undefined) return { endings: [], reached: false };
      const file = join(root, found);
      ownCopy(file);
      SPOIL[how]?.(file, place);
      const spoiled = { bytes: readFileSync(file), owner: statSync(file).uid };
      // Without network: what is damaged cannot be fetched anew.
      const ending = await place.run(smallLab(place, "--dry-run"), {
        prefix: ["unshare", "-n"],
        hangsAfterMs: OFFLINE_MS,
      });
      const same =
        existsSync(file) &&
        statSync(file).uid === spoiled.owner &&
        readFileSync(file).equals(spoiled.bytes);
      if ((booted || spoiled.owner !== 0) && ending.code === EXIT.ok && same) {
        throw new Error(`${found}: it would be booted`);
      }
      rmSync(root, { recursive: true });
      return { endings: [ending] };
    },
  };
}

export const cache: FaultGroup = {
  name: "cache",
  promise: "what the lab boots was changed, cut or given to another user in its cache",
  slow: true,
  atOnce: 1,
  secondRunEvery: 8,
  cannotRun: cannotRunLab,
  cases: Object.keys(ARTEFACTS).flatMap((name) =>
    Object.keys(SPOIL).map((how) => spoiledCase(name, how)),
  ),
};
