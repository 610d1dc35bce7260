import { readFile, writeFile } from "node:fs/promises";
import { run } from "../host/process.js";

const DECOMPRESS_TIMEOUT_MS = 60_000;
const ZSTD_MAGIC = 0xfd2fb528;
const ELF_MAGIC = 0x464c457f;

/**
 * The compressed kernel inside a bzImage (Documentation/arch/x86/boot.rst: `setup_sects`,
 * `payload_offset`, `payload_length`); null when the image is not of that form.
 */
export function bzImagePayload(image: Buffer): Buffer | null {
  if (image.length < 0x260 || image.toString("ascii", 0x202, 0x206) !== "HdrS") return null;
  const setupSectors = image.readUInt8(0x1f1) || 4;
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248);
  const end = start + image.readUInt32LE(0x24c);
  return end > start && end <= image.length ? image.subarray(start, end) : null;
}

/**
 * Decompresses a kernel on the host, since an emulated CPU takes over a second for it; qemu starts
 * the ELF file through its PVH entry. Returns false, and leaves nothing, where that is not possible:
 * a kernel without PVH, or packed with something quick anyway (LZ4, as Debian did up to 6.1).
 */
export async function writeUncompressedKernel(
  vmlinuz: string,
  configuration: string,
  target: string,
  scratch: string,
): Promise<boolean> {
  const payload = bzImagePayload(await readFile(vmlinuz));
  if (payload?.readUInt32LE(0) !== ZSTD_MAGIC) return false;
  if (!/^CONFIG_PVH=y$/m.test(configuration)) return false;
  await writeFile(scratch, payload);
  // The payload ends with its length, which is no part of the stream: zstd complains after the end.
  const { stdoutBytes } = await run("zstd", ["-dcq", scratch], {
    timeoutMs: DECOMPRESS_TIMEOUT_MS,
    package: "zstd",
  });
  if (stdoutBytes.length < 64 || stdoutBytes.readUInt32LE(0) !== ELF_MAGIC) return false;
  await writeFile(target, stdoutBytes);
  return true;
}
