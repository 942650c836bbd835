// Builds everything the browser loads into crates/server/dist, with the hash of its content in
// each name so that it can be cached for ever, and manifest.json to find the names.
//   node crates/server/assets/build.mjs [--watch]
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import subsetFont from "subset-font";
import { buildSprite } from "./icons/sprite.mjs";

const assets = dirname(fileURLToPath(import.meta.url));
const server = join(assets, "..");
const out = join(server, "dist");
const fonts = ["latin", "latin-ext"].map((set) =>
  join(assets, `../../../node_modules/@fontsource-variable/inter/files/inter-${set}-wght-normal.woff2`),
);
// Every first view loads the first of them: only the weights our CSS uses, and of its characters the ones that
// French and English pages show, save 20 kB. The ranges are those of css/fonts.css without its rarities.
const weights = { min: 400, max: 750 };
const shown = [[0x20, 0x7e], [0xa0, 0xff], [0x152, 0x153], [0x2010, 0x203a], [0x20ac], [0x2122], [0x2191], [0x2193], [0x2212]];
let smallFont;

const shared = {
  bundle: true,
  minify: true,
  write: false,
  legalComments: "none",
  logLevel: "warning",
  target: ["chrome123", "firefox128", "safari17.5"],
  outdir: out,
};

// Turbo puts a <style> for its progress bar in the page, which our CSP refuses (and reports).
// Ours is in css/components/progress.css, so we leave that one call out.
const turboWithoutInlineStyle = {
  name: "turbo-without-inline-style",
  setup(build) {
    build.onLoad({ filter: /@hotwired[\\/]turbo[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
      const call = "this.installStylesheetElement();";
      const source = readFileSync(path, "utf8");
      if (source.split(call).length !== 2) {
        throw new Error(`Turbo changed how it installs its style (${path}): review this plugin in build.mjs`);
      }
      return { contents: source.replace(call, ""), loader: "js" };
    });
  },
};

const hashed = (name, content) => {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  return `${basename(name, extname(name))}-${hash}${extname(name)}`;
};

function emitter() {
  const manifest = {};
  const files = new Map();
  return {
    manifest,
    files,
    add(name, content) {
      manifest[name] = hashed(name, content);
      files.set(manifest[name], content);
      return manifest[name];
    },
  };
}

async function buildAll() {
  const started = performance.now();
  const output = emitter();

  smallFont ??= await withoutTheRest(readFileSync(fonts[0]));
  output.add("inter-latin.woff2", smallFont);
  output.add("inter-latin-ext.woff2", readFileSync(fonts[1]));
  output.add("favicon.svg", readFileSync(join(assets, "icons/favicon.svg")));
  output.add("icons.svg", buildSprite(assets, server));

  const [scripts, worker, styles] = await Promise.all([
    esbuild.build({
      ...shared,
      entryPoints: [join(assets, "js/app.ts")],
      format: "esm",
      plugins: [turboWithoutInlineStyle],
    }),
    esbuild.build({ ...shared, entryPoints: [join(assets, "js/live-worker.ts")], format: "iife" }),
    esbuild.build({ ...shared, entryPoints: [join(assets, "css/app.css")], external: ["./inter-*"] }),
  ]);
  output.add("app.js", scripts.outputFiles[0].text);
  output.add("live-worker.js", worker.outputFiles[0].text);
  output.add("app.css", withHashedFonts(styles.outputFiles[0].text, output.manifest));

  write(output);
  report(output, performance.now() - started);
}

function withoutTheRest(font) {
  const text = shown
    .flatMap(([from, to = from]) => Array.from({ length: to - from + 1 }, (_, n) => String.fromCodePoint(from + n)))
    .join("");
  return subsetFont(font, text, { targetFormat: "woff2", variationAxes: { wght: weights } });
}

function withHashedFonts(css, manifest) {
  return css.replace(/\.\/(inter-[\w-]+\.woff2)/g, (_, name) => {
    if (!manifest[name]) throw new Error(`css/fonts.css names ${name}, which build.mjs does not copy`);
    return manifest[name];
  });
}

function write({ manifest, files }) {
  mkdirSync(out, { recursive: true });
  for (const old of readdirSync(out)) if (!files.has(old.replace(/\.(br|gz)$/, ""))) rmSync(join(out, old), { recursive: true });
  for (const [name, content] of files) writeWithVariants(name, content);
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(join(out, "manifest.json"), JSON.stringify(sorted, null, 2) + "\n");
}

/** Text is compressed once, here, as small as it gets; the server only chooses. */
function writeWithVariants(name, content) {
  const put = (path, make) => existsSync(path) || writeFileSync(path, make());
  const path = join(out, name);
  put(path, () => content);
  if (![".css", ".js", ".svg"].includes(extname(name))) return;
  put(`${path}.br`, () => brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  put(`${path}.gz`, () => gzipSync(content, { level: 9 }));
}

function report({ manifest, files }, ms) {
  for (const [name, file] of Object.entries(manifest)) {
    const gz = (gzipSync(files.get(file)).length / 1000).toFixed(1);
    console.log(`${name.padEnd(22)} ${file.padEnd(34)} ${gz.padStart(6)} kB gz`);
  }
  console.log(`built in ${Math.round(ms)} ms`);
}

async function guarded() {
  try {
    await buildAll();
    return true;
  } catch (error) {
    console.error(`build failed: ${error.message}`);
    return false;
  }
}

const ok = await guarded();
if (process.argv.includes("--watch")) {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(guarded, 60);
  };
  for (const folder of [assets, join(server, "templates"), join(server, "src")]) {
    if (existsSync(folder)) watch(folder, { recursive: true }, again);
  }
  console.log("watching…");
} else if (!ok) {
  process.exit(1);
}
