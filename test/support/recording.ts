import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Outcome, puntbench } from "./puntbench.js";

/**
 * Records fio with these arguments from its first request on, and ends when fio has ended. A shell waits for a line before
 * it becomes fio: its process id is known before that, and other programs of this name are not recorded.
 */
export async function recordFio(
  folder: string,
  name: string,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<{ output: string; outcome: Outcome; stdout: string }> {
  const output = join(folder, `${name}.pbrec`);
  const script = 'read line; exec fio "$@" < /dev/null';
  const program = spawn("sh", ["-c", script, "sh", ...args, "--output-format=json"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  let stdout = "";
  program.stdout.on("data", (piece) => {
    stdout += piece;
  });
  const ended = once(program, "close");
  let started = false;
  const command = ["record", "--pid", String(program.pid), "-o", output, "--json", ...options];
  const outcome = await puntbench(command, {
    // The first line on stderr says that the recording has begun. It ends with the program.
    onStderr: () => {
      if (started) return;
      started = true;
      setTimeout(() => program.stdin.end("go\n"), 500);
    },
  });
  program.stdin.end();
  await ended;
  return { output, outcome, stdout };
}

/** Arguments of a fio job of 4 KiB O_DIRECT requests through io_uring. */
export function fioJob(file: string, requests: number, ...more: string[]): string[] {
  return [
    "--name=job",
    "--ioengine=io_uring",
    "--direct=1",
    "--bs=4k",
    "--iodepth=4",
    `--filename=${file}`,
    `--size=${requests * 4096}`,
    ...more,
  ];
}
