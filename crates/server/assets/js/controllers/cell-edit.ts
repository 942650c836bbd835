import { Controller } from "@hotwired/stimulus";
import { isTyping } from "../lib/focus";

/**
 * Simple cells are changed where they stand: double click, or `e` on a row. Enter saves, Tab saves
 * and goes to the next, Escape leaves all as it was.
 */
export default class CellEditController extends Controller<HTMLElement> {
  static override values = { columns: String, failed: String };
  declare readonly columnsValue: string;
  declare readonly failedValue: string;
  #cell: HTMLTableCellElement | null = null;
  #before = "";
  #saving = false;

  override connect(): void {
    this.element.addEventListener("dblclick", this.#doubleClicked);
    this.element.addEventListener("keydown", this.#keyed);
    this.element.addEventListener("submit", this.#submitted, true);
    this.element.addEventListener("focusout", this.#left);
  }

  override disconnect(): void {
    this.element.removeEventListener("dblclick", this.#doubleClicked);
    this.element.removeEventListener("keydown", this.#keyed);
    this.element.removeEventListener("submit", this.#submitted, true);
    this.element.removeEventListener("focusout", this.#left);
  }

  #doubleClicked = (event: MouseEvent): void => {
    const cell = (event.target as Element).closest<HTMLTableCellElement>("td[data-column]");
    if (cell && cell !== this.#cell && this.#isSimple(cell)) void this.#open(cell);
  };

  #keyed = (event: KeyboardEvent): void => {
    if (this.#cell?.contains(event.target as Node)) return this.#keyedInside(event);
    if (event.key !== "e" || event.defaultPrevented || isTyping(event)) return;
    // Not the head of the table, where the focus goes when everything is unticked.
    const row = (event.target as Element).closest<HTMLTableRowElement>("tbody tr");
    const first = row ? this.#cellsOf(row)[0] : undefined;
    if (!first) return;
    event.preventDefault();
    void this.#open(first);
  };

  #keyedInside(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#close(this.#before);
    } else if (event.key === "Tab") {
      event.preventDefault();
      const cell = this.#cell;
      const cells = cell?.parentElement ? this.#cellsOf(cell.parentElement as HTMLTableRowElement) : [];
      const next = cell ? cells[cells.indexOf(cell) + (event.shiftKey ? -1 : 1)] : undefined;
      void this.#save().then((saved) => {
        if (saved && next) void this.#open(next);
      });
    }
    event.stopPropagation();
  }

  #submitted = (event: Event): void => {
    if (!this.#cell?.contains(event.target as Node)) return;
    event.preventDefault();
    event.stopPropagation();
    void this.#save();
  };

  /** Leaving the cell saves what was typed. */
  #left = (event: FocusEvent): void => {
    const cell = this.#cell;
    if (!cell?.contains(event.target as Node) || this.#saving) return;
    setTimeout(() => {
      if (this.#cell === cell && !this.#saving && !cell.contains(document.activeElement)) void this.#save(false);
    }, 0);
  };

  #isSimple(cell: HTMLElement): boolean {
    return this.columnsValue.split(" ").includes(cell.dataset["column"] ?? "");
  }

  #cellsOf(row: HTMLTableRowElement): HTMLTableCellElement[] {
    return [...row.cells].filter((cell) => this.#isSimple(cell) && cell.offsetParent !== null);
  }

  async #open(cell: HTMLTableCellElement): Promise<void> {
    if (this.#cell && !(await this.#save())) return;
    const id = cell.closest("tr")?.id.replace("client-", "") ?? "";
    const url = `/client/${id}/cellule?colonne=${cell.dataset["column"] ?? ""}`;
    const form = await ask(url, {});
    if (form?.status !== 200) return;
    this.#cell = cell;
    this.#before = cell.innerHTML;
    // A live refresh meanwhile leaves the cell alone.
    cell.setAttribute("data-live-keep", "");
    cell.innerHTML = form.text;
    this.#input()?.select();
  }

  /** Whether nothing is being edited any more. */
  async #save(back = true): Promise<boolean> {
    const form = this.#cell?.querySelector("form");
    const input = this.#input();
    if (!form || !input || this.#saving) return !this.#saving;
    if (input.value === input.defaultValue && !input.hasAttribute("aria-invalid")) {
      this.#close(this.#before, back);
      return true;
    }
    this.#saving = true;
    const body = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const answer = await ask(form.action, { method: "POST", body });
    this.#saving = false;
    if (answer?.status === 200) {
      this.#close(answer.text, back);
      return true;
    }
    if (answer && (answer.status === 422 || answer.status === 409) && this.#cell) this.#cell.innerHTML = answer.text;
    else this.#say(this.failedValue);
    this.#input()?.focus();
    return false;
  }

  #say(problem: string): void {
    const place = this.#cell?.querySelector(".cell-problem");
    if (place) place.textContent = problem;
    this.#input()?.setAttribute("aria-invalid", "true");
  }

  #close(content: string, back = true): void {
    const cell = this.#cell;
    if (!cell) return;
    this.#cell = null;
    cell.removeAttribute("data-live-keep");
    cell.innerHTML = content;
    if (back) cell.closest("tr")?.querySelector<HTMLElement>(".row-link")?.focus();
  }

  #input(): HTMLInputElement | null {
    return this.#cell?.querySelector<HTMLInputElement>('input[name="value"]') ?? null;
  }
}

async function ask(url: string, init: RequestInit): Promise<{ status: number; text: string } | null> {
  try {
    const answer = await fetch(url, { ...init, headers: { "Turbo-Frame": "cell" }, redirect: "manual" });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return null;
  }
}
