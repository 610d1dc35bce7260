import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";

/** Rows as the engine gives them; 64-bit integers as text. */
export type SqlRow = Record<string, unknown>;

/** The ten questions of an export, by their numbers. */
export type Answers = Map<number, SqlRow[]>;

/** Statements of a file of SQL; comments stay with the statement that follows them. */
export function statementsOf(sql: string): string[] {
  return sql
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

/** The questions of an export with their numbers, e.g. 5 -> "-- 5. How long ... \nWITH ...". */
export function questionsOf(folder: string): Map<number, string> {
  const parts = sqlOf(folder, "questions.sql").split(/^(?=-- \d+\. )/m);
  return new Map(
    parts
      .slice(1)
      .map((part) => [Number(/^-- (\d+)/.exec(part)?.[1]), part.trim().replace(/;$/, "")]),
  );
}

/** Their words, up to the first question mark. */
export function questionTitles(folder: string): Map<number, string> {
  const questions = [...questionsOf(folder)];
  return new Map(
    questions.map(([number, text]) => [number, /^-- \d+\. ([^?]*\?)/.exec(text)?.[1] ?? ""]),
  );
}

export function askedOf(folder: string, number: number): string {
  const question = questionsOf(folder).get(number);
  if (question === undefined) throw new Error(`there is no question ${number}`);
  return question;
}

export function sqlOf(folder: string, name: string): string {
  return readFileSync(join(folder, "sql", name), "utf8");
}

/** An export, opened in DuckDB as its page says. `canaries` takes the place of the kernel that the page names. */
export async function openDuckDb(folder: string, canaries = "7.2") {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2", memory_limit: "1GB" });
  const connection = await instance.connect();
  const all = async (statement: string): Promise<SqlRow[]> =>
    (await connection.runAndReadAll(statement)).getRowObjectsJson() as SqlRow[];
  await all(`SET file_search_path = '${folder.replaceAll("'", "''")}'`);
  for (const statement of statementsOf(sqlOf(folder, "duckdb.sql"))) {
    await all(statement.replace("'7.2'", `'${canaries}'`));
  }
  return { all, close: () => connection.closeSync() };
}

/** All ten questions, asked in DuckDB. */
export async function askDuckDb(folder: string, canaries?: string): Promise<Answers> {
  const { all, close } = await openDuckDb(folder, canaries);
  const answers: Answers = new Map();
  for (const [number, question] of questionsOf(folder)) {
    answers.set(number, await all(question));
  }
  close();
  return answers;
}

interface ChdbSession {
  query(sql: string, format?: string): unknown;
  cleanup(): void;
}

/** ClickHouse in this process; a string is the reason to skip. It is 550 MB, so it is no dependency. */
export function findClickHouse(): (new () => ChdbSession) | string {
  try {
    return createRequire(join(process.cwd(), "package.json"))("chdb").Session;
  } catch {
    return "ClickHouse is missing; npm install --no-save chdb";
  }
}

/** All ten questions, asked in ClickHouse as its page says. It changes the working directory meanwhile. */
export function askClickHouse(
  Session: new () => ChdbSession,
  folder: string,
  canaries = "7.2",
): Answers {
  const before = process.cwd();
  const session = new Session();
  const answers: Answers = new Map();
  try {
    process.chdir(folder);
    session.query("CREATE DATABASE export ENGINE = Atomic");
    session.query("USE export");
    for (const statement of statementsOf(sqlOf(folder, "clickhouse.sql"))) {
      session.query(statement.replace("'7.2'", `'${canaries}'`));
    }
    for (const [number, question] of questionsOf(folder)) {
      const lines = String(session.query(question, "JSONEachRow")).split("\n");
      answers.set(
        number,
        lines.filter((line) => line !== "").map((line) => JSON.parse(line) as SqlRow),
      );
    }
  } finally {
    process.chdir(before);
    session.cleanup();
  }
  return answers;
}
