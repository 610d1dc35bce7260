/**
 * Orders Debian package versions, `[epoch:]upstream[-revision]`, as dpkg does (deb-version(7)).
 * Returns a negative number, 0 or a positive number, as Array.prototype.sort needs it.
 */
export function compareVersions(a: string, b: string): number {
  const [epochA = 0, upstreamA, revisionA] = split(a);
  const [epochB = 0, upstreamB, revisionB] = split(b);
  const byEpoch = Number(epochA) - Number(epochB);
  return byEpoch || comparePart(upstreamA, upstreamB) || comparePart(revisionA, revisionB);
}

function split(version: string): (string | undefined)[] {
  return /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version)?.slice(1) ?? [];
}

/** Compares texts and numbers in turn: `6.12~rc1` is text "", 6, text ".", 12, text "~rc", 1. */
function comparePart(a = "", b = ""): number {
  const [left, right] = [runs(a), runs(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x = "", y = ""] = [left[index], right[index]];
    const difference = index % 2 === 0 ? compareText(x, y) : Number(x) - Number(y);
    if (difference !== 0) return difference;
  }
  return 0;
}

function runs(part: string): string[] {
  return part.split(/(\d+)/);
}

function compareText(a: string, b: string): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = rank(a[index]) - rank(b[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `~` first, then the end of the text, then letters, then everything else. */
function rank(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  return character.charCodeAt(0) + (/[A-Za-z]/.test(character) ? 0 : 256);
}
