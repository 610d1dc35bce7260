import { writeFileSync } from "node:fs";
import { UsageError, UserError } from "../../terminal/errors.js";
import { analyse } from "../loading/analysis.js";
import { defaultPaths } from "../loading/find-files.js";
import { sayNotices } from "../loading/notices.js";
import { exportRows, toCsv } from "./rows.js";

export interface ExportOptions {
  format: string;
  out?: string;
}

/** Prints or writes the table. Throws UserError. */
export async function runExport(paths: readonly string[], options: ExportOptions): Promise<void> {
  const { format, out } = options;
  if (format !== "csv" && format !== "json") {
    throw new UsageError(`--format ${format}: not known`, "Choose csv or json.");
  }
  const analysis = await analyse(paths.length > 0 ? paths : defaultPaths());
  sayNotices(analysis);
  const rows = exportRows(analysis.cells);
  const text = format === "csv" ? toCsv(rows) : `${JSON.stringify(rows, null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeTo(out, text);
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`cannot write ${file}: ${(error as Error).message}`, "Name another --out.");
  }
}
