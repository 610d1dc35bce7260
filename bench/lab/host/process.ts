import { spawn } from "node:child_process";
import { UserError } from "../../../terminal/errors.js";

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** The run is ended after this long; the error says so. */
  timeoutMs: number;
  /** Ends the run. */
  signal?: AbortSignal | undefined;
  /** Debian package that has the program, for the error when it is missing. */
  package: string;
}

export interface Finished {
  exitCode: number;
  stdout: string;
  stderr: string;
  stdoutBytes: Buffer;
}

const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Runs a program to its end and collects what it printed. Throws a UserError when it is not
 * installed or takes too long; an exit code other than 0 is the caller's to judge.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  options.signal?.throwIfAborted();
  const limit = AbortSignal.timeout(options.timeoutMs);
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env, LC_ALL: "C" },
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe"],
    signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    killSignal: "SIGKILL",
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") reject(missingProgram(program, options.package));
      else if (options.signal?.aborted) reject(options.signal.reason);
      else if (limit.aborted) reject(tookTooLong(program, options.timeoutMs));
      else reject(error);
    });
    child.on("close", (exitCode) =>
      resolve({
        exitCode: exitCode ?? 1,
        stdout: stdout().toString("utf8"),
        stderr: stderr().toString("utf8"),
        stdoutBytes: stdout(),
      }),
    );
  });
}

/** As `run`, and an exit code other than 0 is a UserError with what the program said. */
export async function runOrFail(
  program: string,
  args: readonly string[],
  options: RunOptions & { doing: string; remedy: string },
): Promise<Finished> {
  const finished = await run(program, args, options);
  const { exitCode, stdout, stderr } = finished;
  if (exitCode === 0) return finished;
  const said = `${stderr}\n${stdout}`.trim().split("\n").slice(0, 8).join("\n  ");
  throw new UserError(
    `${options.doing}: ${program} ended with exit code ${exitCode}\n  ${said}`,
    options.remedy,
  );
}

export function missingProgram(program: string, debianPackage: string): UserError {
  return new UserError(
    `${program} is not installed`,
    `Install it with \`./scripts/bootstrap --lab\` or \`apt-get install ${debianPackage}\`.`,
  );
}

function tookTooLong(program: string, timeoutMs: number): UserError {
  return new UserError(
    `${program} was ended after its limit of ${Math.round(timeoutMs / 1000)} s`,
    "Look at the machine's load and at the network, then try again.",
  );
}

function collect(stream: NodeJS.ReadableStream): () => Buffer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= OUTPUT_BYTES_MAX) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks);
}
