import { post } from "./post";

const narrowest = 64;
const step = 16;

/** Gives each named column an edge to drag. Widths live in <col width>: the CSP refuses style="". */
export function makeResizable(table: HTMLTableElement, url: string): void {
  if (matchMedia("(max-width: 720px), (pointer: coarse)").matches) return;
  for (const header of table.querySelectorAll<HTMLElement>("th[data-column]")) {
    if (header.querySelector(".resizer")) continue;
    const edge = document.createElement("span");
    edge.className = "resizer";
    edge.setAttribute("aria-hidden", "true");
    edge.addEventListener("pointerdown", (event) => drag(event, edge, header, table, url));
    header.append(edge);
  }
}

/** Keyboard way, from the columns menu. */
export function nudge(table: HTMLTableElement, column: string, direction: number, url: string): void {
  freeze(table);
  setWidth(table, column, widthOf(table, column) + direction * step);
  void save(table, url);
}

function drag(down: PointerEvent, edge: HTMLElement, header: HTMLElement, table: HTMLTableElement, url: string): void {
  down.preventDefault();
  const column = header.dataset["column"] ?? "";
  freeze(table);
  const from = widthOf(table, column);
  edge.setPointerCapture(down.pointerId);
  edge.classList.add("is-dragging");
  const move = (event: PointerEvent) => setWidth(table, column, from + event.clientX - down.clientX);
  const stop = () => {
    edge.removeEventListener("pointermove", move);
    edge.classList.remove("is-dragging");
    void save(table, url);
  };
  edge.addEventListener("pointermove", move);
  edge.addEventListener("lostpointercapture", stop, { once: true });
}

/** From widths that follow the content to widths that people chose. */
function freeze(table: HTMLTableElement): void {
  if (table.classList.contains("fixed")) return;
  const widths = [...table.querySelectorAll<HTMLElement>("thead th")].map((header) => header.offsetWidth);
  table.querySelectorAll("col").forEach((col, index) => col.setAttribute("width", String(widths[index] ?? narrowest)));
  table.classList.add("fixed");
}

function colOf(table: HTMLTableElement, column: string): HTMLElement | null {
  return table.querySelector(`col[data-column="${CSS.escape(column)}"]`);
}

function widthOf(table: HTMLTableElement, column: string): number {
  return Number(colOf(table, column)?.getAttribute("width")) || narrowest;
}

function setWidth(table: HTMLTableElement, column: string, width: number): void {
  colOf(table, column)?.setAttribute("width", String(Math.max(narrowest, Math.round(width))));
}

function save(table: HTMLTableElement, url: string): Promise<boolean> {
  const widths: Record<string, number> = {};
  for (const col of table.querySelectorAll<HTMLElement>("col[data-column]")) {
    widths[col.dataset["column"] ?? ""] = Number(col.getAttribute("width"));
  }
  return post(url, { widths: JSON.stringify(widths) });
}
