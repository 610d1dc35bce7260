import type { Preparation } from "../../results/vocabulary.js";
import type { KernelVersion } from "../rules/kernel-version.js";
import { predict } from "../rules/predict.js";
import type { Prediction } from "../rules/prediction.js";
import { EASY_WRITE, type ExtentState, type WriteQuestion } from "../rules/question.js";

/** Where the probe's files are, as far as the rules ask. */
export interface Place {
  filesystem: string;
  kernel: KernelVersion;
  mountOptions: readonly string[];
  /** New files of the directory are chattr +C. */
  noCow: boolean;
  dataJournal: boolean;
  /** The block size is a multiple of the filesystem's. */
  aligned: boolean;
}

const EXTENT: Record<Preparation, ExtentState> = {
  "no-fallocate": "hole",
  "keep-size": "unwritten",
  "fallocate-0": "unwritten",
  "zero-range": "unwritten",
  "dd-prefill": "written",
};

/** What the rules say of the next write in order to a file so prepared. */
export function expectation(preparation: Preparation, place: Place): Prediction {
  const extent = EXTENT[preparation];
  const question: WriteQuestion = {
    ...EASY_WRITE,
    filesystem: place.filesystem,
    kernel: place.kernel,
    mountOptions: place.mountOptions,
    inode: {
      noCow: place.noCow,
      dataJournal: place.dataJournal,
      preallocated: extent === "unwritten",
    },
    extent,
    extending: preparation === "no-fallocate" || preparation === "keep-size",
    aligned: place.aligned,
  };
  return predict(question);
}
