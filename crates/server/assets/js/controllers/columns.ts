import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import { nudge } from "../lib/resize";
import { post } from "../lib/post";

/**
 * The columns menu: an ordinary form of checkboxes that, with JavaScript, applies at once.
 * Rows are dragged by their handle or moved with their buttons.
 */
export default class ColumnsController extends Controller<HTMLFormElement> {
  static override targets = ["row"];
  static override values = { table: String };
  declare readonly rowTargets: HTMLElement[];
  declare readonly tableValue: string;
  #dragged: HTMLElement | null = null;

  toggle(): void {
    this.#apply();
  }

  up({ currentTarget }: Event): void {
    this.#shift(currentTarget as HTMLElement, -1);
  }

  down({ currentTarget }: Event): void {
    this.#shift(currentTarget as HTMLElement, 1);
  }

  narrow({ params }: Event & { params: { column: string } }): void {
    if (this.#table) nudge(this.#table, params.column, -1, this.element.action);
  }

  widen({ params }: Event & { params: { column: string } }): void {
    if (this.#table) nudge(this.#table, params.column, 1, this.element.action);
  }

  grab(event: PointerEvent): void {
    const handle = event.currentTarget as HTMLElement;
    this.#dragged = handle.closest<HTMLElement>(".column-row");
    this.#dragged?.classList.add("is-dragging");
    handle.setPointerCapture(event.pointerId);
  }

  drag(event: PointerEvent): void {
    if (!this.#dragged) return;
    const over = this.rowTargets.find((row) => {
      const box = row.getBoundingClientRect();
      return row !== this.#dragged && event.clientY > box.top && event.clientY < box.bottom;
    });
    if (!over) return;
    const after = over.compareDocumentPosition(this.#dragged) & Node.DOCUMENT_POSITION_PRECEDING;
    over[after ? "after" : "before"](this.#dragged);
  }

  drop(): void {
    this.#dragged?.classList.remove("is-dragging");
    if (this.#dragged) this.#apply();
    this.#dragged = null;
  }

  get #table(): HTMLTableElement | null {
    return document.querySelector(`#${CSS.escape(this.tableValue)}`);
  }

  #shift(button: HTMLElement, step: number): void {
    const rows = this.rowTargets;
    const row = button.closest<HTMLElement>(".column-row");
    const other = row ? rows[rows.indexOf(row) + step] : undefined;
    if (!row || !other) return;
    other[step > 0 ? "after" : "before"](row);
    // Moving a node drops its focus.
    button.focus();
    this.#apply();
  }

  #apply(): void {
    const order = this.rowTargets.map((row) => row.querySelector<HTMLInputElement>('input[name="columns"]'));
    const shown = order.filter((input) => input?.checked).map((input) => input?.value ?? "");
    const absent = shown.some((column) => !this.#isInRows(column));
    if (!absent) this.#arrange(order.map((input) => input?.value ?? ""), new Set(shown));
    void post(this.element.action, { columns: shown.join(",") }).then((saved) => {
      if (absent && saved) Turbo.visit(location.href, { action: "replace" });
    });
  }

  /** Rows hold the columns that showed when they were written; for others the server writes them again. */
  #isInRows(column: string): boolean {
    const row = this.#table?.tBodies[0]?.rows[0];
    return !row || row.querySelector(`:scope > [data-column="${CSS.escape(column)}"]`) !== null;
  }

  /** The same order in the page at once: columns that never move (tick, name) are data-fixed="start". */
  #arrange(order: string[], shown: Set<string>): void {
    for (const line of this.#table?.querySelectorAll("colgroup, tr") ?? []) {
      const cells = order.map((column) => line.querySelector<HTMLElement>(`:scope > [data-column="${CSS.escape(column)}"]`));
      let last = [...line.querySelectorAll<HTMLElement>(':scope > [data-fixed="start"]')].at(-1);
      for (const cell of cells) {
        if (!cell) continue;
        if (last) last.after(cell);
        else line.prepend(cell);
        last = cell;
        cell.hidden = !shown.has(cell.dataset["column"] ?? "");
      }
    }
  }
}
