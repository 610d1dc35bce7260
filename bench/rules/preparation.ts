import type { Preparation } from "../../results/vocabulary.js";
import { predict } from "./predict.js";
import type { Prediction } from "./prediction.js";
import type { BlockState, WriteQuestion } from "./question.js";

const BLOCK_STATE: Record<Preparation, BlockState> = {
  "no-fallocate": "hole",
  "keep-size": "unwritten",
  "fallocate-0": "unwritten",
  "zero-range": "unwritten",
  "dd-prefill": "written",
};

/** The prediction for writes in order to a new file with this preparation. `question` describes its directory. */
export function predictPrepared(preparation: Preparation, question: WriteQuestion): Prediction {
  const extent = BLOCK_STATE[preparation];
  // The mount option is for new files: chattr +C is what an existing one has.
  const noCow = question.inode.noCow || question.mountOptions.includes("nodatacow");
  return predict({
    ...question,
    inode: { ...question.inode, noCow, preallocated: extent === "unwritten" },
    extent,
    extending: preparation === "no-fallocate" || preparation === "keep-size",
  });
}
