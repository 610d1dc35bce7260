import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { arch } from "node:os";
import { basename, dirname, join } from "node:path";
import { sharedLibraries } from "../../bench/lab/host/programs.js";
import { addonFiles, packageFiles, sourceFiles } from "../../bench/lab/image/package-files.js";
import { UsageError, UserError } from "../../terminal/errors.js";
import { fileHash } from "../../terminal/file-hash.js";
import { makeFolders } from "../../terminal/make-folders.js";
import { packageRoot } from "../../terminal/package-root.js";
import { reportError } from "../../terminal/report-error.js";

/*
 * node dist/scripts/fleet/pack.js FOLDER: writes what hosts of a fleet need into FOLDER, and prints where as one JSON object.
 *   built   this checkout's build, its addons, their libraries, and the packages it needs: for hosts with the same CPU and
 *           a C library that is not older
 *   node    this node and its libraries, for hosts without one
 *   source  the same with the addons' source in their place, for other hosts: these compile it, and need no registry
 */
interface Packed {
  machine: string;
  glibc: string;
  built: string;
  node: string;
  source: string;
}

/** Those of the host fit its kernel and its name service; ours would not. */
const OF_THE_C_LIBRARY = /^(ld-linux|lib(c|m|dl|rt|pthread|resolv|util)\.so)/;

/** The same files give the same bytes, so that a host that has them gets nothing. */
const REPRODUCIBLE = "--sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner".split(" ");

async function pack(folder: string): Promise<Packed> {
  const root = packageRoot();
  const addons = addonFiles(root).filter((path) => path.endsWith(".node"));
  if (addons.length === 0) {
    throw new UserError("the io_uring driver is not built here", "Run ./scripts/bootstrap.");
  }
  makeFolders(folder, 0o700);
  const staging = mkdtempSync(join(folder, ".new-"));
  const keep = async (path: string, name: string) => {
    const kept = join(folder, `${name}-${(await fileHash(path)).slice(0, 16)}.tar.gz`);
    renameSync(path, kept);
    return kept;
  };
  try {
    const node = realpathSync(process.execPath);
    const ofNode = ownLibraries([node]);
    const known = new Set(ofNode.map((path) => basename(path)));
    const ofAddons = ownLibraries(addons).filter((path) => !known.has(basename(path)));
    stage(join(staging, "node"), { "bin/node": node, ...inLib(ofNode) });
    stage(join(staging, "lib"), inLib(ofAddons));
    const [withNode, build, source] = ["node.tar.gz", "build.tar.gz", "source.tar.gz"].map((name) =>
      join(staging, name),
    ) as [string, string, string];
    archive(withNode, ["-C", join(staging, "node"), "."]);
    archive(build, ["-C", root, "-h", ...packageFiles(root), "-C", join(staging, "lib"), "."]);
    archive(source, ["-C", root, "-h", ...sourceFiles(root)]);
    const built = await keep(build, "puntbench");
    const packed = {
      machine: { x64: "x86_64", arm64: "aarch64" }[arch() as string] ?? arch(),
      glibc: glibcVersion(),
      built,
      node: await keep(withNode, "node"),
      source: await keep(source, "source"),
    };
    removeOthers(folder, [packed.built, packed.node, packed.source]);
    return packed;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function ownLibraries(files: readonly string[]): string[] {
  const all = new Set(files.flatMap(sharedLibraries));
  return [...all].filter((path) => !OF_THE_C_LIBRARY.test(basename(path)));
}

function inLib(paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [`lib/${basename(path)}`, path]));
}

/** Copies files: path in `folder` -> path here. */
function stage(folder: string, files: Record<string, string>): void {
  mkdirSync(folder);
  for (const [name, path] of Object.entries(files)) {
    makeFolders(dirname(join(folder, name)));
    copyFileSync(realpathSync(path), join(folder, name));
  }
}

function archive(path: string, what: readonly string[]): void {
  execFileSync("tar", ["-cf", path, "--use-compress-program=gzip -n -1", ...REPRODUCIBLE, ...what]);
}

function glibcVersion(): string {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ?? "";
}

/** What an earlier build left: each is as large as this one. */
function removeOthers(folder: string, kept: readonly string[]): void {
  for (const name of readdirSync(folder)) {
    const ours = /^(puntbench|node|source)-[0-9a-f]{16}\.(tar\.gz|tgz)$/.test(name);
    if (ours && !kept.includes(join(folder, name))) rmSync(join(folder, name));
  }
}

try {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new UsageError("no folder is named", "Name the one to write to.");
  process.stdout.write(`${JSON.stringify(await pack(folder))}\n`);
} catch (error) {
  process.exitCode = reportError("pack", error);
}
