import type { Finding } from "./finding.js";

/** Findings for people: what to act on in full, what is well in one line each. */
export function printed(directory: string, findings: readonly Finding[]): string {
  const acted = findings.filter(({ severity }) => severity !== "ok");
  const well = findings.filter(({ severity }) => severity === "ok");
  return [
    `Measuring in ${directory}:`,
    "",
    ...acted.flatMap(({ severity, what, why, remedy }) => [
      `${severity.padEnd(8)} ${what}`,
      ...(why === null ? [] : [`         why: ${why}`]),
      ...(remedy === null ? [] : [`         do:  ${remedy}`]),
      "",
    ]),
    ...well.map(({ what }) => `ok       ${what}`),
    "",
    conclusion(acted),
    "",
  ].join("\n");
}

function conclusion(acted: readonly Finding[]): string {
  const count = (severity: Finding["severity"], one: string) => {
    const found = acted.filter((finding) => finding.severity === severity).length;
    return `${found} ${one}${found === 1 ? "" : "s"}`;
  };
  const counts = `${count("blocker", "blocker")}, ${count("warning", "warning")}, ${count("note", "note")}`;
  const blocked = acted.some(({ severity }) => severity === "blocker");
  return blocked ? `Not fit to measure: ${counts}.` : `Fit to measure: ${counts}.`;
}
