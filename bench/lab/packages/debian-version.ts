/**
 * Orders Debian package versions, `[epoch:]upstream[-revision]`, as dpkg does (deb-version(7)):
 * runs of non-digits and runs of digits are compared in turn; `~` sorts before everything, even the end.
 * Returns a negative number, 0 or a positive number, as Array.prototype.sort wants it.
 */
export function compareVersions(a: string, b: string): number {
  const left = split(a);
  const right = split(b);
  return (
    left.epoch - right.epoch ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

function split(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

function comparePart(a: string, b: string): number {
  let left = a;
  let right = b;
  while (left !== "" || right !== "") {
    const leftText = /^\D*/.exec(left)?.[0] ?? "";
    const rightText = /^\D*/.exec(right)?.[0] ?? "";
    const byText = compareText(leftText, rightText);
    if (byText !== 0) return byText;
    left = left.slice(leftText.length);
    right = right.slice(rightText.length);
    const leftDigits = /^\d*/.exec(left)?.[0] ?? "";
    const rightDigits = /^\d*/.exec(right)?.[0] ?? "";
    const byNumber = Number(leftDigits) - Number(rightDigits);
    if (byNumber !== 0) return byNumber;
    left = left.slice(leftDigits.length);
    right = right.slice(rightDigits.length);
  }
  return 0;
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
  if (character === "~") return -1;
  if (character === undefined) return 0;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
