import type { Scenario } from "../../results/schema.js";
import type { GivenOptions } from "./given-options.js";

/**
 * fio's thinktime: it issues requests until so many count, waits until all have completed, and sleeps (handle_thinktime in
 * backend.c of fio 3.33). With `thinktime_blocks_type=issue` the issued ones count, with the default `complete` those that
 * it has reaped. It reaps only when the queue is full, so with more than one and fewer than `iodepth` requests to count,
 * long and short groups alternate: that is no stream of the bench.
 */
export function pausesOf(given: GivenOptions): Pick<Scenario, "thinkRequests" | "thinkTimeNs"> {
  const thinkTimeNs = given.time("thinktime", "us");
  if (thinkTimeNs === null || thinkTimeNs === 0) return {};
  const { problems } = given;
  const thinkRequests = given.count("thinktime_blocks") ?? 1;
  const type = given.text("thinktime_blocks_type");
  const depth = Number(given.text("iodepth"));
  if (type !== "complete" && type !== "issue")
    problems.push(`thinktime_blocks_type=${type} (neither complete nor issue)`);
  if (type === "complete" && thinkRequests > 1 && thinkRequests < depth)
    problems.push(
      `thinktime_blocks=${thinkRequests} below iodepth=${depth} (groups of changing length; thinktime_blocks_type=issue has even ones)`,
    );
  if (given.isOn("rate_iops")) problems.push("thinktime with rate_iops (a pace with pauses)");
  if (given.isOn("fsync") || given.isOn("fdatasync"))
    problems.push("thinktime with fsync or fdatasync (groups that end with a sync and a pause)");
  return { thinkRequests, thinkTimeNs };
}
