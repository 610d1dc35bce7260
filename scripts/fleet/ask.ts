import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../terminal/errors.js";
import { visible } from "../../terminal/quote.js";
import { reportError } from "../../terminal/report-error.js";
import { type Column, renderTable } from "../../terminal/table.js";
import { openDuckDb, questionsOf, questionTitles, type SqlRow } from "../../test/support/sql.js";

/*
 * node dist/scripts/fleet/ask.js EXPORT: the ten questions of sql/questions.sql, asked of a Parquet export, with the
 * DuckDB that npm brought to this checkout. Edit the copy of the SQL in EXPORT/sql to ask others.
 */
async function ask(folder: string): Promise<void> {
  const { all, close } = await openDuckDb(folder);
  const titles = questionTitles(folder);
  for (const [number, question] of questionsOf(folder)) {
    const rows = await all(question);
    process.stdout.write(`${number}. ${titles.get(number)}\n\n${answerTable(rows)}\n\n`);
  }
  close();
}

function answerTable(rows: readonly SqlRow[]): string {
  const [first] = rows;
  if (first === undefined) return "no row";
  const columns = Object.keys(first).map(
    (title): Column => ({ title, align: isNumber(first[title]) ? "right" : "left" }),
  );
  return renderTable(
    columns,
    rows.map((row) => columns.map(({ title }) => cellText(row[title]))),
  );
}

const isNumber = (value: unknown) => value === null || Number.isFinite(Number(value));

/** null is "not measured". */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "-";
  return typeof value === "number" && !Number.isInteger(value)
    ? value.toPrecision(4)
    : visible(String(value));
}

try {
  const [folder] = process.argv.slice(2);
  if (folder === undefined || !existsSync(join(folder, "sql/questions.sql"))) {
    throw new UsageError(
      `${folder === undefined ? "no export is named" : `${visible(folder)} is no export`}`,
      "Name the folder that `puntbench export --format parquet --out FOLDER` made.",
    );
  }
  await ask(folder);
} catch (error) {
  process.exitCode = reportError("ask", error);
}
