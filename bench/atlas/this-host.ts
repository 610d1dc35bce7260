import { realpathSync } from "node:fs";
import { release } from "node:os";
import { ATLAS_PLACES, type AtlasPlace } from "../../results/atlas/places.js";
import { UsageError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import { blockDeviceOf, deviceStack, type StackedDevice } from "../environment/block-device.js";
import { type Mount, mountOf } from "../environment/mount.js";

/** A host as the atlas knows places. */
export interface HostPlace {
  kernel: string;
  place: string;
  /** What the atlas does not hold of this host, in sentences. */
  differs: string[];
}

/** A device below the filesystem, in the words of the atlas; null: an ordinary disk. */
function layerOf({ kind, detail }: StackedDevice): string | null {
  if (kind === "disk") return null;
  if (kind === "md") return "raid1";
  if (kind !== "dm") return kind;
  if (detail?.startsWith("CRYPT")) return "luks";
  return detail === "LVM" ? "lvm" : `device mapper (${detail ?? "unknown"})`;
}

/** The place of the atlas that is most like this directory. Throws a UsageError where none has its filesystem. */
export function thisHost(directory: string): HostPlace {
  const mount = mountOf(existing(directory));
  const filesystem = mount?.type ?? "unknown";
  const alike = ATLAS_PLACES.filter((place) => typeOf(place) === filesystem);
  if (mount === null || alike.length === 0) {
    throw new UsageError(
      `the atlas has no place with ${visible(filesystem)}, the filesystem of ${visible(directory)}`,
      "Measure it here: puntbench explain --dir DIRECTORY.",
    );
  }
  const layers = deviceStack(blockDeviceOf(mount)).flatMap((one) => layerOf(one) ?? []);
  const fitting = alike.filter((place) => fits(place, mount, layers));
  const best = fitting.toSorted((a, b) => peculiarities(b) - peculiarities(a))[0] ?? alike[0];
  const missing = layers.filter((layer) => !best?.stack.some((known) => known === layer));
  return {
    kernel: release(),
    place: best?.name ?? "",
    differs: [
      `answers are those of ${best?.words} on Debian's kernel; this one is ${release()}`,
      ...missing.map(
        (layer) => `that place does not lie on ${visible(layer)}, as this directory does`,
      ),
    ],
  };
}

function existing(directory: string): string {
  try {
    return realpathSync(directory);
  } catch (error) {
    throw new UsageError(
      `--dir ${visible(directory)} cannot be looked at (${(error as NodeJS.ErrnoException).code})`,
      "Name a directory that exists.",
    );
  }
}

function typeOf({ filesystem }: AtlasPlace): string {
  return filesystem === "btrfs-nocow" ? "btrfs" : filesystem;
}

/** A place with an option or layer that this host lacks is another one. */
function fits(place: AtlasPlace, mount: Mount, layers: readonly string[]): boolean {
  const options = place.filesystem === "btrfs-nocow" ? ["nodatacow"] : place.mountOptions;
  return (
    options.every((option) => mount.options.includes(option)) &&
    place.stack.every((layer) => layers.includes(layer))
  );
}

/** A layer that no write goes through without waiting matters more than a mount option. */
function peculiarities({ mountOptions, stack, filesystem }: AtlasPlace): number {
  return 10 * stack.length + mountOptions.length + (filesystem === "btrfs-nocow" ? 1 : 0);
}
