import type { Driver } from "../../native/index.js";
import { labDisk } from "../environment/lab-disk.js";
import { overlayWords } from "../rules/overlay.js";
import { predict } from "../rules/predict.js";
import type { WriteQuestion } from "../rules/question.js";
import { questionAbout, questionAboutDevice } from "./question-about.js";

/** What the rules say against measuring in a directory, for the warnings of a results file. */
export function placeWarnings(driver: Driver, directory: string, blockSizeBytes: number): string[] {
  const disk = labDisk();
  return warningsAbout(
    disk === null
      ? questionAbout(driver, directory, blockSizeBytes)
      : questionAboutDevice(disk.rdev, blockSizeBytes),
  );
}

/** @param question about a new file in the directory. */
export function warningsAbout(question: WriteQuestion): string[] {
  if (question.filesystem === "overlay") {
    return [`the directory is on overlayfs: ${overlayWords(question.kernel)}`];
  }
  const { cause, why } = predict(question);
  return cause === "no-nowait" ? [`every write punts here, whatever the preparation: ${why}`] : [];
}
