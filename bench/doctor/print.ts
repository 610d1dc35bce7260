import { coloursOf } from "../../terminal/colours.js";
import { plural } from "../../terminal/plural.js";
import type { Finding, Severity } from "./finding.js";

/** Findings for people: those to act on in full, the others in one line each. */
export function printed(directory: string, findings: readonly Finding[]): string {
  const acted = findings.filter(({ severity }) => severity !== "ok");
  const well = findings.filter(({ severity }) => severity === "ok");
  return [
    `Measuring in ${directory}:`,
    "",
    ...acted.flatMap(({ severity, what, why, remedy }) => [
      `${coloured(severity)} ${what}`,
      ...(why === null ? [] : [`         why: ${why}`]),
      ...(remedy === null ? [] : [`         do:  ${remedy}`]),
      "",
    ]),
    ...well.map(({ what }) => `${coloured("ok")} ${what}`),
    "",
    conclusion(acted),
    "",
  ].join("\n");
}

/** The severity as wide as the longest one. */
function coloured(severity: Severity): string {
  const { red, yellow, cyan, green } = coloursOf(process.stdout);
  const colours = { blocker: red, warning: yellow, note: cyan, ok: green };
  return colours[severity](severity.padEnd(8));
}

function conclusion(acted: readonly Finding[]): string {
  const count = (severity: Severity, one: string) => {
    const found = acted.filter((finding) => finding.severity === severity).length;
    return plural(found, one);
  };
  const counts = `${count("blocker", "blocker")}, ${count("warning", "warning")}, ${count("note", "note")}`;
  const blocked = acted.some(({ severity }) => severity === "blocker");
  return blocked ? `Not fit to measure: ${counts}.` : `Fit to measure: ${counts}.`;
}
