// node scripts/assets/build.mjs OUT CONTENT...: writes what the pages need from npm into OUT.
// CONTENT are the files in which a style's name may stand (templates, scripts, forms): styles found in none are dropped.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { PurgeCSS } from "purgecss";

const [out, ...content] = process.argv.slice(2);
const vendor = path.join(out, "vendor");
const tabler = "node_modules/@tabler/core/dist/css";

// Names that no template spells out: put together there ("bg-{{ colour }}"), written by crispy-forms in Python.
const safelist = {
  standard: [
    "show", "showing", "hiding", "fade", "collapse", "collapsing", "collapsed", "active", "disabled", "open",
    "is-invalid", "is-valid", "was-validated", "invalid-feedback", "valid-feedback", "form-text", "text-muted",
    "form-control", "form-select", "form-check", "form-check-input", "form-check-label", "form-label", "form-range",
    "input-group", "input-group-text", "mb-3", "row", "visually-hidden", "visually-hidden-focusable",
    "offcanvas-backdrop", "offcanvas", "placeholder", "table-responsive",
  ],
  greedy: [],
  deep: [],
};
const colours = "primary|secondary|success|info|warning|danger|light|dark|muted|blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|white";
safelist.standard.push(
  new RegExp(`^alert(-(${colours}|important|dismissible|link|icon|title|heading))?$`),
  new RegExp(`^(bg|text|badge|status|text-bg|btn|btn-outline|border)-(${colours})(-lt|-fg)?$`),
  /^(col|order|offset)-(sm-|md-|lg-|xl-)?(\d+|auto)$/,
  /^dropdown(-menu|-item|-toggle|-divider|-header)?(-end)?$/,
  /^offcanvas-(start|end|top|bottom|header|title|body)$/,
  /^(progress|progress-bar|spinner-border|btn-close|status-dot|avatar)(-sm)?$/,
);

// A class name is what stands between quotes, spaces and template tags.
const extractor = (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [];

async function style(name) {
  const css = (await readFile(path.join(tabler, name), "utf8")).replace(/\/\*# sourceMappingURL=.*?\*\//g, "");
  const [result] = await new PurgeCSS().purge({
    content: content.map((file) => file),
    css: [{ raw: css }],
    defaultExtractor: extractor,
    safelist,
    dynamicAttributes: ["data-bs-theme", "aria-expanded", "aria-current", "dir"],
    keyframes: true,
    fontFace: true,
  });
  await writeFile(path.join(vendor, name), result.css);
}

await mkdir(vendor, { recursive: true });
await Promise.all([
  style("tabler.min.css"),
  style("tabler.rtl.min.css"),
  copyFile("node_modules/htmx.org/dist/htmx.min.js", path.join(vendor, "htmx.min.js")),
]);
