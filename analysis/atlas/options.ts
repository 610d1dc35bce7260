/** The running kernel, the place of the atlas that is most like a directory of this machine, and what differs. */
export type LookAtHost = (
  directory: string,
) => Promise<{ kernel: string; place: string; differs: string[] }>;

/** Options as commander hands them over. */
export interface AtlasOptions {
  kernel?: string;
  thisHost?: boolean;
  dir: string;
  changes?: boolean;
  markdown?: boolean;
  scenarios?: boolean;
  page?: string;
  from?: string;
  json?: boolean;
}
