import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Nobody else here has these numbers. */
const FIRST_UID = 61_400;

/**
 * Users that only one sshd and its children know, see `over` of SshServer: name -> their line in sudoers. Each has an
 * empty home in `folder`; nothing of this machine's own files is changed.
 */
export function usersOf(folder: string, sudoers: Record<string, string>) {
  const names = Object.keys(sudoers);
  const home = (name: string) => join(folder, "home", name);
  const passwd = names.map(
    (name, index) => `${name}:x:${FIRST_UID + index}:${FIRST_UID + index}::${home(name)}:/bin/sh\n`,
  );
  const files = {
    passwd: [readFileSync("/etc/passwd", "utf8"), ...passwd],
    // No password is right, and none is needed.
    shadow: ["root:*:1::::::\n", ...names.map((name) => `${name}:*:1::::::\n`)],
    sudoers: names.map((name) => `${name} ${sudoers[name]}\n`),
  };
  for (const [index, name] of names.entries()) {
    mkdirSync(home(name), { recursive: true });
    chownSync(home(name), FIRST_UID + index, FIRST_UID + index);
  }
  const over: Record<string, string> = {};
  for (const [name, lines] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, lines.join(""));
    chmodSync(path, name === "passwd" ? 0o644 : 0o440);
    over[path] = `/etc/${name}`;
  }
  return { over, home };
}
