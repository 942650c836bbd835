import { Controller } from "@hotwired/stimulus";
import { isTyping } from "../lib/focus";
import { makeResizable } from "../lib/resize";
import { menuOf, toggleMenu } from "../lib/row-menu";

/** Ticks, keys and the size of a datagrid. Links and forms do the rest. */
export default class DatagridController extends Controller<HTMLElement> {
  static override targets = ["row", "tick", "all", "count", "scope", "scroll", "help", "menu"];
  static override values = { total: Number, preferencesUrl: String, one: String, many: String };
  declare readonly rowTargets: HTMLElement[];
  declare readonly tickTargets: HTMLInputElement[];
  declare readonly allTargets: HTMLInputElement[];
  declare readonly countTargets: HTMLElement[];
  declare readonly scopeTargets: HTMLInputElement[];
  declare readonly hasScrollTarget: boolean;
  declare readonly scrollTarget: HTMLElement;
  declare readonly menuTargets: HTMLTemplateElement[];
  declare readonly totalValue: number;
  declare readonly preferencesUrlValue: string;
  declare readonly oneValue: string;
  declare readonly manyValue: string;
  #lastTick: string | null = null;
  #shift = false;
  #pressed: Element | null = null;
  #observer: ResizeObserver | undefined;

  override connect(): void {
    this.element.addEventListener("pointerdown", this.#pointed, true);
    this.element.addEventListener("click", this.#clicked, true);
    this.element.addEventListener("change", this.#changed);
    document.addEventListener("keydown", this.#keyed);
    document.addEventListener("turbo:morph", this.#morphed);
    this.#observer = new ResizeObserver(() => this.#fit());
    if (this.hasScrollTarget) this.#observer.observe(this.scrollTarget);
    this.#morphed();
  }

  override disconnect(): void {
    this.element.removeEventListener("pointerdown", this.#pointed, true);
    this.element.removeEventListener("click", this.#clicked, true);
    this.element.removeEventListener("change", this.#changed);
    document.removeEventListener("keydown", this.#keyed);
    document.removeEventListener("turbo:morph", this.#morphed);
    this.#observer?.disconnect();
  }

  /** Unticks everything. */
  clear(): void {
    this.#setAll(false);
    this.allTargets[0]?.focus();
  }

  #morphed = (): void => {
    const table = this.element.querySelector<HTMLTableElement>(".datagrid-table");
    if (table && this.preferencesUrlValue) makeResizable(table, this.preferencesUrlValue);
    this.#show();
    this.#fit();
  };

  /** The page scrolls when the table fits, the grid itself when it is too wide. */
  #fit(): void {
    if (!this.hasScrollTarget) return;
    const table = this.scrollTarget.firstElementChild;
    const fits = table !== null && table.scrollWidth <= this.scrollTarget.clientWidth + 1;
    this.element.toggleAttribute("data-fits", fits);
    if (fits) this.scrollTarget.removeAttribute("tabindex");
    else this.scrollTarget.tabIndex = 0;
  }

  /** A press beside an open menu closes it before the click comes. */
  #pointed = (): void => {
    this.#pressed = this.element.querySelector(".cell-menu > .menu:popover-open")?.parentElement ?? null;
  };

  #clicked = (event: MouseEvent): void => {
    this.#shift = event.shiftKey;
    const link = (event.target as Element).closest<HTMLElement>("a.row-menu");
    const row = this.rowTargets.find((candidate) => link && candidate.contains(link));
    const menu = row && this.#menuOf(row);
    if (!link || !menu || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    // The menu itself may be another by now.
    toggleMenu(menu, link, link.parentElement === this.#pressed && event.detail > 0);
  };

  #menuOf(row: HTMLElement): HTMLElement | null {
    const template = this.menuTargets[0];
    return template ? menuOf(row, template) : null;
  }

  #changed = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    if (this.allTargets.includes(input)) this.#setAll(input.checked);
    else if (this.tickTargets.includes(input)) this.#ticked(input);
    else if (this.scopeTargets.includes(input)) this.#show();
  };

  #ticked(input: HTMLInputElement): void {
    const ticks = this.tickTargets;
    const from = ticks.findIndex((tick) => tick.value === this.#lastTick);
    const to = ticks.indexOf(input);
    if (this.#shift && from >= 0) {
      for (const tick of ticks.slice(Math.min(from, to), Math.max(from, to) + 1)) tick.checked = input.checked;
    }
    this.#lastTick = input.value;
    this.#widen(false);
    this.#show();
  }

  #setAll(checked: boolean): void {
    for (const tick of this.tickTargets) tick.checked = checked;
    this.#widen(false);
    this.#show();
  }

  /** "All N results" holds only as long as nobody picks rows by hand. */
  #widen(all: boolean): void {
    for (const scope of this.scopeTargets) scope.checked = all;
  }

  #show(): void {
    const ticked = this.tickTargets.filter((tick) => tick.checked).length;
    const everything = this.scopeTargets.some((scope) => scope.checked);
    const count = everything ? this.totalValue : ticked;
    const text = (count > 1 ? this.manyValue : this.oneValue).replace("{n}", grouped(count));
    for (const label of this.countTargets) if (label.textContent !== text) label.textContent = text;
    for (const all of this.allTargets) {
      all.checked = ticked > 0 && ticked === this.tickTargets.length;
      all.indeterminate = ticked > 0 && !all.checked;
    }
  }

  #keyed = (event: KeyboardEvent): void => {
    if (isTyping(event) || event.defaultPrevented || !this.#listens(event)) return;
    // A link that is a button is pressed like one.
    if (event.key === " " && (event.target as Element).matches("a.row-menu")) {
      event.preventDefault();
      (event.target as HTMLElement).click();
      return;
    }
    const row = this.rowTargets.find((candidate) => candidate.contains(document.activeElement));
    if (event.key === "j" || event.key === "k") this.#move(row, event.key === "j" ? 1 : -1);
    else if (event.key === "?") document.querySelector<HTMLDialogElement>("#keyboard-help")?.showModal();
    else if (event.key === "Escape" && this.tickTargets.some((tick) => tick.checked)) this.clear();
    else if (row && event.key === "x") row.querySelector<HTMLInputElement>(".cell-tick input")?.click();
    else if (row && event.key === "Enter") this.#open(event, row);
    else if (!(row && this.#act(row, event.key))) return;
    event.preventDefault();
  };

  /** With several grids in a page, keys go to the one with focus, or to the first. */
  #listens(event: KeyboardEvent): boolean {
    if (this.element.contains(event.target as Node)) return true;
    const focused = (event.target as Element).closest('[data-controller~="datagrid"]');
    return !focused && document.querySelector('[data-controller~="datagrid"]') === this.element;
  }

  #move(from: HTMLElement | undefined, step: number): void {
    const rows = this.rowTargets;
    const index = from ? rows.indexOf(from) + step : 0;
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))];
    (row?.querySelector<HTMLElement>(".row-link") ?? row?.querySelector<HTMLElement>(".cell-tick input"))?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  #open(event: KeyboardEvent, row: HTMLElement): void {
    const native = (event.target as Element).closest("a, button");
    ((native as HTMLElement | null) ?? row.querySelector<HTMLElement>(".row-link"))?.click();
  }

  /** One-letter actions are the items of the row's menu: e edits, a creates an alert… */
  #act(row: HTMLElement, key: string): boolean {
    this.#menuOf(row);
    const item = row.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
    item?.click();
    return item !== null;
  }
}

/** French groups digits with U+202F, which Inter draws too thin to see. */
function grouped(count: number): string {
  return count.toLocaleString(document.documentElement.lang).replace(/\u202f/g, "\u00a0");
}
