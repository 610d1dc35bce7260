/** How one program of a case ended. */
export interface Ending {
  /** What was run, in words that fit into a message. */
  command: string;
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}
