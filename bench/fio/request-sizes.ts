import type { Scenario } from "../../results/schema.js";
import type { Operation } from "../../results/vocabulary.js";
import type { GivenOptions } from "./given-options.js";
import { valueFor } from "./values.js";

const SECTOR_BYTES = 512;

/**
 * One size, or evenly drawn multiples of the least one up to the largest, as fio draws them (get_next_buflen in io_u.c of
 * fio 3.33).
 */
export function sizesOf(
  given: GivenOptions,
  operation: Operation | undefined,
): Pick<Scenario, "blockSizeBytes" | "blockSizeMaxBytes"> {
  const key = given.has("bsrange") ? "bsrange" : "bs";
  if (key === "bsrange" && given.has("bs"))
    given.problems.push("bs with bsrange (the later one counts)");
  const text = valueFor(operation, given.text(key)) ?? given.text(key);
  const [least = "", most] = key === "bs" ? [text] : text.split("-");
  const blockSizeBytes = given.bytes(key, least) ?? 4096;
  if (blockSizeBytes % SECTOR_BYTES !== 0)
    given.problems.push(`${key}=${text} (O_DIRECT needs multiples of 512)`);
  if (key === "bs") return { blockSizeBytes };
  const blockSizeMaxBytes = given.bytes(key, most ?? "") ?? blockSizeBytes;
  if (blockSizeMaxBytes < blockSizeBytes || blockSizeMaxBytes % blockSizeBytes !== 0)
    given.problems.push(`bsrange=${text} (a largest size that is no multiple of the least)`);
  return { blockSizeBytes, ...(blockSizeMaxBytes > blockSizeBytes && { blockSizeMaxBytes }) };
}
