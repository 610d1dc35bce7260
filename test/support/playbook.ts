import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../terminal/package-root.js";

export const playbookPath = (name: string) =>
  join(packageRoot(), "scripts", "fleet", `${name}.yml`);

/** A key for root's sshd on the hosts of one test: the path of its private half. */
export function sshKey(folder: string): { path: string; publicKey: string } {
  const path = join(folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  return { path, publicKey: readFileSync(`${path}.pub`, "utf8") };
}

export interface InventoryHost {
  name: string;
  port: number;
  variables?: Record<string, string>;
}

/** Writes an inventory of hosts on the loopback, and returns its path. Their host keys are known to nobody. */
export function writeInventory(
  folder: string,
  key: string,
  hosts: readonly InventoryHost[],
): string {
  const unknown = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
  const common = {
    ansible_host: "127.0.0.1",
    ansible_user: "root",
    ansible_ssh_private_key_file: key,
    ansible_ssh_common_args: unknown,
    ansible_python_interpreter: "/usr/bin/python3",
  };
  const described = hosts.map(({ name, port, variables }) => [
    name,
    { ...common, ansible_port: port, ...variables },
  ]);
  const path = join(folder, "hosts.json");
  writeFileSync(path, JSON.stringify({ all: { hosts: Object.fromEntries(described) } }));
  return path;
}

export interface Played {
  code: number | null;
  output: string;
  /** Lines of the summary. */
  summary: string[];
  /** Ansible's counts for a host: `changed`, `failed`, `unreachable`, ... */
  recap(host: string): Record<string, number>;
}

export interface Play {
  /** A playbook of scripts/fleet/. */
  name: string;
  inventory: string;
  /** Results come below it, in results/fleet/. */
  cwd: string;
  variables: Record<string, unknown>;
  more?: readonly string[];
  onOutput?: (output: string) => void;
}

/** Runs a playbook to its end. */
export async function play({
  name,
  inventory,
  cwd,
  variables,
  more,
  onOutput,
}: Play): Promise<Played> {
  const args = [
    "-i",
    inventory,
    playbookPath(name),
    "-e",
    JSON.stringify(variables),
    ...(more ?? []),
  ];
  const quiet = {
    ANSIBLE_NOCOLOR: "1",
    ANSIBLE_HOME: join(cwd, "ansible"),
    ANSIBLE_PIPELINING: "1",
  };
  const child = spawn("ansible-playbook", args, {
    cwd,
    env: { ...process.env, ...quiet, PWD: cwd, HOME: cwd },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => {
      output += piece;
      onOutput?.(output);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, output, summary: summaryOf(output), recap: (host) => recapOf(output, host) };
}

function summaryOf(output: string): string[] {
  const [, list = "[]"] =
    /TASK \[puntbench : Summary\][^\n]*\n[^{]*\{\s*"msg": (\[[^\]]*\])/.exec(output) ?? [];
  return JSON.parse(list);
}

function recapOf(output: string, host: string): Record<string, number> {
  const line = output.split("\n").find((one) => one.startsWith(`${host} `) && one.includes(" ok="));
  const counts = [...(line ?? "").matchAll(/(\w+)=(\d+)/g)];
  return Object.fromEntries(counts.map(([, name, value]) => [name as string, Number(value)]));
}
