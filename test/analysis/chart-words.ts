/** The words of a picture by what they are for: "title-text", "axis-title", "axis-label", "legend-label" ... */
export function wordsByRole(svg: string): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const [, role, content] of svg.matchAll(
    /<g class="mark-text role-([a-z-]+)[^"]*"[^>]*>(.*?)<\/g>/gs,
  )) {
    // A text of several lines has a tspan for each.
    const found = [...(content as string).matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)];
    const texts = found.map(([, text]) => unescaped(text as string));
    words.set(role as string, [...(words.get(role as string) ?? []), ...texts]);
  }
  return words;
}

/** What a chart's spec asks to have shown in words. */
export interface PromisedWords {
  title: string[];
  subtitle: string[];
  axisTitles: string[];
  /** Every name that has a colour, where the chart has a legend. */
  legendLabels: string[];
}

interface Channel {
  title?: string | null;
  legend?: object | null;
  scale?: { domain?: unknown[] };
}

export function promisedWords(spec: {
  title: { text: string; subtitle: string[] };
}): PromisedWords {
  const channels = (name: string): Channel[] =>
    encodingsIn(spec).flatMap((encoding) => encoding[name] ?? []);
  const titles = [...channels("x"), ...channels("y")].map(({ title }) => title);
  const colours = channels("color").filter(({ legend }) => legend !== null);
  return {
    title: [spec.title.text],
    subtitle: spec.title.subtitle,
    axisTitles: titles.filter((title) => typeof title === "string"),
    legendLabels: colours.flatMap(({ scale }) => (scale?.domain ?? []).map(String)),
  };
}

/** Every `encoding` of a spec, in layers and facets too. */
function encodingsIn(value: unknown): Record<string, Channel>[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    ...(key === "encoding" ? [member as Record<string, Channel>] : []),
    ...encodingsIn(member),
  ]);
}

function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
}
