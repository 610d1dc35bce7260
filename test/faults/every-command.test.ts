import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../terminal/package-root.js";
import { EVERY_COMMAND } from "./every-command.js";

test("the fault suite knows every command", () => {
  const help = execFileSync(process.execPath, [join(packageRoot(), "dist", "cli.js"), "--help"], {
    encoding: "utf8",
  });
  const [, list = ""] = help.split("Commands:\n");
  const commands = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name as string);
  assert.ok(commands.length > 10, help);
  const unknown = commands.filter((name) => name !== "help" && !(name in EVERY_COMMAND));
  assert.deepEqual(unknown, []);
});
