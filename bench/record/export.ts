import { plural } from "../../terminal/plural.js";
import { visible } from "../../terminal/quote.js";
import { exportIolog } from "./fio-iolog.js";
import { parseExportOptions, type RawRecordOptions } from "./options.js";

/** `puntbench record --from FILE --export FORMAT`. */
export function exportRecording(raw: RawRecordOptions): void {
  const { from, output } = parseExportOptions(raw);
  const exported = exportIolog(from, output);
  if (raw.json) {
    console.log(JSON.stringify({ output, ...exported }));
    return;
  }
  const { lines, leftOut, files } = exported;
  console.log(
    [
      `${output}: ${plural(lines, "line")} of ${plural(files.length, "file")}; ${leftOut} requests and system calls are left out, because fio's iolog has no such action.`,
      ...files.map(({ name, path }) =>
        visible(`${name} is ${path ?? "a file without a known name"}`),
      ),
    ].join("\n"),
  );
}
