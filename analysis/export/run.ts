import { writeFileSync } from "node:fs";
import { UsageError, UserError } from "../../terminal/errors.js";
import { plural } from "../../terminal/plural.js";
import { analyse } from "../loading/analysis.js";
import { defaultPaths } from "../loading/find-files.js";
import { sayNotices } from "../loading/notices.js";
import { exportRows, toCsv } from "./rows.js";

export interface ExportOptions {
  format: string;
  out?: string;
}

/** Prints or writes the table, or makes the folder of Parquet files. Throws UserError. */
export async function runExport(paths: readonly string[], options: ExportOptions): Promise<void> {
  const { format, out } = options;
  if (format !== "csv" && format !== "json" && format !== "parquet") {
    throw new UsageError(`--format ${format}: not known`, "Choose csv, json or parquet.");
  }
  const read = paths.length > 0 ? paths : defaultPaths();
  if (format === "parquet") return runParquet(read, out);
  const analysis = await analyse(read);
  sayNotices(analysis);
  const rows = exportRows(analysis.cells);
  const text = format === "csv" ? toCsv(rows) : `${JSON.stringify(rows, null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeTo(out, text);
}

async function runParquet(paths: readonly string[], out: string | undefined): Promise<void> {
  if (out === undefined) {
    throw new UsageError(
      "--format parquet writes a folder, and none is named",
      "Add --out results/parquet.",
    );
  }
  const { exportParquet } = await import("../parquet/write.js");
  const exported = await exportParquet(paths, out);
  sayNotices(exported);
  const { trials, observations } = exported;
  process.stdout.write(
    `${out}: ${plural(trials.rows, "trial")} in ${plural(trials.files, "file")}, ${plural(observations.rows, "observed operation")} in ${plural(observations.files, "file")}, and ${out}/sql to ask them\n`,
  );
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UserError(`cannot write ${file}: ${(error as Error).message}`, "Name another --out.");
  }
}
