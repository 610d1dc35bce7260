import type { Driver } from "../../native/index.js";
import { overlayWords } from "../rules/overlay.js";
import { predict } from "../rules/predict.js";
import { questionAbout } from "./question-about.js";

/** What the rules say against measuring in a directory, for the warnings of a results file. */
export function placeWarnings(driver: Driver, directory: string, blockSizeBytes: number): string[] {
  const question = questionAbout(driver, directory, blockSizeBytes);
  if (question.filesystem === "overlay") {
    return [`the directory is on overlayfs: ${overlayWords(question.kernel)}`];
  }
  const { cause, why } = predict(question);
  return cause === "no-nowait" ? [`every write punts here, whatever the preparation: ${why}`] : [];
}
