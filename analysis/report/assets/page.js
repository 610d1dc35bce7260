// Draws the charts of the report: those in view first, the others while the browser is idle.
// Runs under a policy without eval and without network; Vega interprets its expressions (`ast`).
void (async () => {
  const packed = document.getElementById("chart-specs").textContent;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { specs, folds, light, dark } = await new Response(stream).json();

  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const isDark = () => (chosen ?? (system.matches ? "dark" : "light")) === "dark";

  // One drawing at a time for each chart: the last theme wins.
  const drawings = new Map();
  function draw(holder) {
    const drawing = (drawings.get(holder) ?? Promise.resolve(null)).then(async (result) => {
      const theme = root.dataset.theme;
      if (holder.dataset.drawnAs === theme) return result;
      result?.finalize();
      const drawn = await vegaEmbed(holder, specs[holder.dataset.chart], embedOptions(theme));
      holder.dataset.drawnAs = theme;
      holder.classList.add("drawn");
      nameParts(holder);
      return drawn;
    });
    drawings.set(holder, drawing);
    return drawing;
  }
  const embedOptions = (theme) => ({
    ast: true,
    renderer: "svg",
    config: theme === "dark" ? dark : light,
    tooltip: { theme },
    actions: { export: true, source: false, compiled: false, editor: false },
  });

  const chartsIn = (node) => [...node.querySelectorAll("[data-chart]")];
  const inView = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) void draw(entry.target);
    },
    { rootMargin: "300px" },
  );
  for (const holder of chartsIn(document)) inView.observe(holder);

  // Large folded parts are made when they are unfolded, and their charts drawn as they come into view.
  for (const details of document.querySelectorAll("details[data-fold]")) {
    details.addEventListener(
      "toggle",
      () => {
        details.insertAdjacentHTML("beforeend", folds[details.dataset.fold]);
        for (const holder of chartsIn(details)) inView.observe(holder);
      },
      { once: true },
    );
  }

  const isUnfolded = (holder) => holder.closest("details:not([open])") === null;

  let pass = 0;
  async function drawAll() {
    pass += 1;
    const mine = pass;
    for (const holder of chartsIn(document).filter(isUnfolded)) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (mine !== pass) return;
      await draw(holder);
    }
    root.dataset.charts = "drawn";
  }

  function applyTheme() {
    root.dataset.theme = isDark() ? "dark" : "light";
    root.dataset.charts = "drawing";
    return drawAll();
  }
  system.addEventListener("change", applyTheme);
  document.querySelector("button.theme").addEventListener("click", () => {
    chosen = isDark() ? "light" : "dark";
    void applyTheme();
  });
  let beforePrint = null;
  // On paper everything is light.
  addEventListener("beforeprint", () => {
    beforePrint = chosen;
    chosen = "light";
    void applyTheme();
  });
  addEventListener("afterprint", () => {
    chosen = beforePrint;
    void applyTheme();
  });
  await applyTheme();
})();

// Vega names its marks, but neither the groups that hold them nor its menu.
function nameParts(holder) {
  holder.querySelector("summary")?.setAttribute("aria-label", "Save this chart");
  for (const group of holder.querySelectorAll('[role="graphics-symbol"]:not([aria-label])')) {
    group.setAttribute("aria-label", group.getAttribute("aria-roledescription") ?? "marks");
  }
}
