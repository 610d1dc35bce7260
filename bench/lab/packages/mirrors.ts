/** The archive and the security archive of Debian; `security` is null when none is known. */
export interface Mirrors {
  archive: string;
  security: string | null;
}

/** A file of the host's apt configuration: `sources.list`, `*.list` or `*.sources`. */
export interface SourceFile {
  name: string;
  text: string;
}

interface Source {
  uri: string;
  suites: string[];
}

const DEBIAN_SUITE =
  /^(bullseye|bookworm|trixie|forky|sid|stable|oldstable|oldoldstable|testing|unstable)([-/].*)?$/;

/** Debian's mirrors among the host's apt sources; null when it has none (Ubuntu, or no apt). */
export function mirrorsOf(files: readonly SourceFile[]): Mirrors | null {
  const sources = files
    .flatMap((file) => (file.name.endsWith(".sources") ? deb822(file.text) : oneLine(file.text)))
    .filter((source) => source.suites.some((suite) => DEBIAN_SUITE.test(suite)))
    .filter((source) => /^(https?|ftp|file|copy|mirror\+\w+):/.test(source.uri));
  const isSecurity = (source: Source) =>
    source.suites.every((suite) => /-security$|\/updates$/.test(suite));
  const archive = sources.find((source) => !isSecurity(source))?.uri;
  if (archive === undefined) return null;
  return { archive, security: sources.find(isSecurity)?.uri ?? securityBeside(archive) };
}

/** A mirror given by its archive: Debian mirrors carry security updates in the folder beside it. */
export function mirrorsAt(archive: string): Mirrors {
  return { archive, security: securityBeside(archive) };
}

function securityBeside(archive: string): string | null {
  const trimmed = archive.replace(/\/+$/, "");
  return trimmed.endsWith("/debian") ? `${trimmed}-security` : null;
}

/** Stanzas of `Types: Uris: Suites:` (sources.list(5), deb822-style). */
function deb822(text: string): Source[] {
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const words = (key: string) =>
      new RegExp(`^${key}:(.*(?:\\n[ \\t].*)*)`, "im").exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
    if (words("Enabled")[0]?.toLowerCase() === "no" || !words("Types").includes("deb")) return [];
    return words("URIs").map((uri) => ({ uri, suites: words("Suites") }));
  });
}

/** `deb [options] uri suite component ...` */
function oneLine(text: string): Source[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)/.exec(line);
    return match ? [{ uri: match[1] as string, suites: [match[2] as string] }] : [];
  });
}
