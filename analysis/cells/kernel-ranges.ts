import { joined } from "../../terminal/words.js";
import { compareSubjects, type Subject } from "./subject.js";

/** Labels of the kernels that were measured on each filesystem, oldest first. Emulation does not change a label. */
export function kernelsByFilesystem(subjects: readonly Subject[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { filesystem, kernelLabel } of [...subjects].sort(compareSubjects)) {
    const labels = found.get(filesystem) ?? [];
    if (!labels.includes(kernelLabel)) found.set(filesystem, [...labels, kernelLabel]);
  }
  return found;
}

/**
 * Some of the kernels that were measured, as a person would name them: "up to 6.1", "from 6.12 on", "on all 8 kernels". `all` is in the
 * order of versions. `none`: the sentence before says "no".
 */
export function kernelRange(some: readonly string[], all: readonly string[], none = false): string {
  const [first, last] = [all.indexOf(some[0] ?? ""), all.indexOf(some.at(-1) ?? "")];
  if (all.length <= 1 || some.length === 0) return `on ${all[0]}`;
  if (some.length === all.length) {
    if (all.length === 2) return none ? "on either kernel" : "on both kernels";
    return none ? `on any of the ${all.length} kernels` : `on all ${all.length} kernels`;
  }
  const together = last - first + 1 === some.length;
  if (all.length === 2 || some.length === 1 || !together) return `on ${joined(some)}`;
  if (first === 0) return `up to ${all[last]}`;
  if (last === all.length - 1) return `from ${all[first]} on`;
  return `from ${all[first]} to ${all[last]}`;
}

/** Where something was seen, of all places: "5.10 and 6.1", or with several filesystems "ext4 up to 6.1, and xfs on all 3 kernels". */
export function placesWords(where: readonly Subject[], all: readonly Subject[]): string {
  const everywhere = kernelsByFilesystem(all);
  const there = kernelsByFilesystem(where);
  if (everywhere.size === 1) {
    const [[filesystem, labels]] = [...everywhere] as [[string, string[]]];
    const some = there.get(filesystem) ?? [];
    return some.length > 3 ? kernelRange(some, labels) : `on ${joined(some)}`;
  }
  const groups = new Map<string, string[]>();
  for (const [filesystem, some] of there) {
    const words = kernelRange(some, everywhere.get(filesystem) ?? some);
    groups.set(words, [...(groups.get(words) ?? []), filesystem]);
  }
  const places = [...groups].map(
    ([words, filesystems]) => `on ${joined(filesystems)} ${words.replace(/^on /, "with ")}`,
  );
  return places.join(", ");
}
