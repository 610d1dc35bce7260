import { readText } from "./read.js";

export interface Mount {
  /** Number in the mount namespace. */
  id: number;
  /** "major:minor" of the filesystem, e.g. "254:0". */
  device: string;
  mountPoint: string;
  type: string;
  source: string;
  options: string[];
}

/** The mount that holds `path`, an absolute path without links; null when /proc is not readable. */
export function mountOf(path: string): Mount | null {
  const mounts = mountsOf("self");
  const holders = mounts.filter(({ mountPoint }) => contains(mountPoint, path));
  // The longest mount point; where several mounts have the same one, the last.
  return holders.reduce<Mount | null>(
    (best, mount) =>
      best === null || mount.mountPoint.length >= best.mountPoint.length ? mount : best,
    null,
  );
}

/** The mount of an open file, in the mount namespace of its process; null when /proc does not tell. */
export function mountOfDescriptor(process: number, descriptor: number): Mount | null {
  const text = readText(`/proc/${process}/fdinfo/${descriptor}`) ?? "";
  const id = /^mnt_id:\s*(\d+)/m.exec(text)?.[1];
  return mountsOf(process).find((mount) => mount.id === Number(id)) ?? null;
}

function mountsOf(process: number | "self"): Mount[] {
  return (readText(`/proc/${process}/mountinfo`) ?? "").split("\n").flatMap(parseLine);
}

/** proc(5): "36 35 98:0 /root /mnt rw,noatime master:1 - ext4 /dev/sda1 rw,errors=continue". */
function parseLine(line: string): Mount[] {
  const [before, after] = line.split(" - ");
  const fields = before?.split(" ") ?? [];
  const [type, source, superOptions] = after?.split(" ") ?? [];
  if (fields.length < 6 || type === undefined || source === undefined) return [];
  const options = [...(fields[5] ?? "").split(","), ...(superOptions ?? "").split(",")];
  return [
    {
      id: Number(fields[0]),
      device: fields[2] as string,
      mountPoint: unescaped(fields[4] as string),
      type,
      source,
      options: [...new Set(options)].filter((option) => option !== ""),
    },
  ];
}

function unescaped(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function contains(mountPoint: string, path: string): boolean {
  return mountPoint === "/" || path === mountPoint || path.startsWith(`${mountPoint}/`);
}
