/** What depmod wrote down of a kernel's modules. Names use `_`, as the kernel does. */
export interface ModuleDatabase {
  /** Module name -> its file and the files it needs, relative to the modules' folder. */
  files: Map<string, { path: string; needs: string[] }>;
  builtin: Set<string>;
  /** Module name -> names or aliases that must be loaded before it (`softdep ... pre:`). */
  before: Map<string, string[]>;
  /** Alias -> modules that answer to it. */
  aliases: Map<string, string[]>;
}

/** The texts of `modules.dep`, `modules.builtin`, `modules.softdep` and `modules.alias`. */
export interface ModuleTexts {
  dep: string;
  builtin: string;
  softdep: string;
  alias: string;
}

export interface LoadStep {
  path: string;
  /** The guest goes on without it: code for a processor that the guest may not have. */
  optional: boolean;
}

export function moduleDatabase(texts: ModuleTexts): ModuleDatabase {
  const files = new Map<string, { path: string; needs: string[] }>();
  for (const line of lines(texts.dep)) {
    const [path, needs] = line.split(":");
    if (path === undefined) continue;
    files.set(moduleName(path), { path, needs: needs?.trim().split(/\s+/).filter(Boolean) ?? [] });
  }
  const before = new Map<string, string[]>();
  for (const line of lines(texts.softdep)) {
    const match = /^softdep (\S+) .*?pre:((?: (?!post:)\S+)*)/.exec(line);
    if (match) before.set(canonical(match[1] as string), (match[2] as string).trim().split(/\s+/));
  }
  const aliases = new Map<string, string[]>();
  for (const line of lines(texts.alias)) {
    const [, alias, name] = line.split(" ");
    if (!alias || !name) continue;
    aliases.set(alias, [...(aliases.get(alias) ?? []), canonical(name)]);
  }
  return { files, builtin: new Set(lines(texts.builtin).map(moduleName)), before, aliases };
}

/**
 * Files to load, each after what it needs, for the modules `wanted`; those that the kernel has built
 * in need none. `missing` names what this kernel has neither as a file nor built in.
 */
export function loadOrder(
  database: ModuleDatabase,
  wanted: readonly string[],
): { steps: LoadStep[]; missing: string[] } {
  const steps = new Map<string, LoadStep>();
  const missing: string[] = [];
  const visiting = new Set<string>();
  const visit = (name: string, optional: boolean) => {
    if (database.builtin.has(name) || visiting.has(name)) return;
    const file = database.files.get(name);
    if (!file) {
      if (!optional) missing.push(name);
      return;
    }
    visiting.add(name);
    for (const soft of database.before.get(name) ?? []) {
      for (const found of answering(database, soft)) visit(found, true);
    }
    for (const need of file.needs) visit(moduleName(need), optional);
    visiting.delete(name);
    const known = steps.get(file.path);
    if (!known) steps.set(file.path, { path: file.path, optional });
    else if (!optional) known.optional = false;
  };
  for (const name of wanted) visit(canonical(name), false);
  return { steps: [...steps.values()], missing };
}

/** Modules behind a soft dependency, which is a module's name or, as `crc32c`, a crypto alias. */
function answering(database: ModuleDatabase, name: string): string[] {
  const own = canonical(name);
  if (database.files.has(own) || database.builtin.has(own)) return [own];
  return database.aliases.get(`crypto-${name}`) ?? database.aliases.get(name) ?? [];
}

/** `kernel/fs/xfs/xfs.ko.xz` -> `xfs` */
export function moduleName(path: string): string {
  return canonical((path.split("/").at(-1) as string).replace(/\.ko(\.\w+)?$/, ""));
}

function canonical(name: string): string {
  return name.replaceAll("-", "_");
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
