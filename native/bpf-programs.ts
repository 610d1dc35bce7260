import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "../terminal/errors.js";
import { packageRoot } from "../terminal/package-root.js";

/**
 * Loads and attaches BPF programs. Throws a UserError with the remedy where that is impossible.
 * @param name of the class in the addon.
 * @param object file of the compiled programs.
 */
export function openPrograms<Options extends object, Programs>(
  name: string,
  object: string,
  options: Options,
): Programs {
  const folder = join(packageRoot(), "native/build/Release");
  const Programs = loadAddon(join(folder, "puntbench_watch.node"))[name];
  try {
    return new (Programs as ProgramsClass<Programs>)({
      ...options,
      objectPath: join(folder, object),
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`the BPF programs cannot be loaded: ${message}`, remedyFor(code, message));
  }
}

type ProgramsClass<Programs> = new (options: object) => Programs;

function loadAddon(path: string): Record<string, unknown> {
  try {
    return createRequire(import.meta.url)(path) as Record<string, unknown>;
  } catch (error) {
    throw new UserError(
      `the BPF programs cannot be loaded: ${(error as Error).message.split("\n")[0]}`,
      "Install clang and libbpf-dev, then run ./scripts/bootstrap.",
    );
  }
}

function remedyFor(code: string | undefined, message: string): string {
  if (message.includes("the verifier says"))
    return "This is a mistake in puntbench: please report it.";
  if (code === "EPERM" || code === "EACCES") {
    return "Run it as root, or with the capabilities CAP_BPF and CAP_PERFMON.";
  }
  if (code === "ESRCH" || code === "ENOENT") {
    return "They need a kernel with type information, /sys/kernel/btf/vmlinux; watch needs Linux 6.0 or newer, or Debian's 5.10.";
  }
  return "They need a kernel with CONFIG_BPF_SYSCALL and CONFIG_DEBUG_INFO_BTF; watch needs Linux 6.0 or newer, or Debian's 5.10.";
}
