// Makes one SVG sprite of the lucide icons that the templates use, plus our own mark.
import { readdirSync, readFileSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";

const lucide = join(dirname(createRequire(import.meta.url).resolve("lucide-static/package.json")), "icons");
// icon("bell"), icon!("bell"), ui::icon('bell'), call icon("bell"), and `icon: "bell"` in structs.
const usage = /\bicon(?:_name)?!?\s*(?:\(|:|=)\s*(?:Some\()?["']([a-z0-9-]+)["']/g;
// <use href="{{ sprite }}#bell">
const reference = /#([a-z][a-z0-9-]*)"\s*\/?>\s*(?:<\/use>)/g;
const own = new Set(["logo"]);

export function buildSprite(assets, server) {
  const wanted = new Map();
  const want = (name, where) => wanted.has(name) || wanted.set(name, where);

  readFileSync(join(assets, "icons/extra.txt"), "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter(Boolean)
    .forEach((name) => want(name, "assets/icons/extra.txt"));
  for (const file of [...walk(join(server, "templates"), ".html"), ...walk(join(server, "src"), ".rs")]) {
    const text = readFileSync(file, "utf8");
    for (const pattern of [usage, reference]) {
      for (const [, name] of text.matchAll(pattern)) want(name, file);
    }
  }

  const symbols = [...wanted]
    .filter(([name]) => !own.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, where]) => symbol(name, where));
  symbols.push(readFileSync(join(assets, "icons/logo.svg"), "utf8").replace(/<!--.*?-->\s*/gs, "").trim());
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

function symbol(name, where) {
  const file = join(lucide, `${name}.svg`);
  if (!existsSync(file)) {
    throw new Error(`no icon "${name}" in lucide (asked for in ${where}); names: https://lucide.dev/icons`);
  }
  const inner = readFileSync(file, "utf8")
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, "")
    .replace(/<\/svg>[\s\S]*$/, "")
    .replace(/\s*\n\s*/g, "")
    .replace(/ \/>/g, "/>");
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
}

function* walk(folder, extension) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith(extension)) yield join(entry.parentPath ?? entry.path, entry.name);
  }
}
