import { Controller } from "@hotwired/stimulus";

const anchored = CSS.supports("position-area", "bottom");

/** On a [popover] menu: arrow keys inside, and its place where the browser cannot anchor it. */
export default class MenuController extends Controller<HTMLElement> {
  override connect(): void {
    this.element.addEventListener("toggle", this.#toggled);
    this.element.addEventListener("keydown", this.#keyed);
    this.element.addEventListener("turbo:submit-start", this.#chosen);
  }

  override disconnect(): void {
    this.element.removeEventListener("toggle", this.#toggled);
    this.element.removeEventListener("keydown", this.#keyed);
    this.element.removeEventListener("turbo:submit-start", this.#chosen);
  }

  get #items(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>(".menu-item")].filter((item) => item.offsetParent !== null);
  }

  get #button(): HTMLElement | null {
    const id = CSS.escape(this.element.id);
    return document.querySelector(`[popovertarget="${id}"], [aria-controls="${id}"]`);
  }

  #toggled = (event: Event): void => {
    if ((event as ToggleEvent).newState !== "open") return;
    if (!anchored) this.#place();
    const opened = document.activeElement === this.#button && this.#button?.matches(":focus-visible");
    if (opened) this.#items[0]?.focus();
  };

  /** What was chosen is on its way: an open menu would outlive the button it hangs from. */
  #chosen = (): void => this.element.hidePopover();

  #keyed = (event: KeyboardEvent): void => {
    const items = this.#items;
    const here = items.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: here + 1, ArrowUp: here < 0 ? -1 : here - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") {
      event.preventDefault();
      this.element.hidePopover();
      this.#button?.focus();
    } else if (to !== undefined && !(event.target as Element).matches("input, select, textarea")) {
      event.preventDefault();
      items.at(to % items.length)?.focus();
    } else {
      this.#shortcut(event, items);
    }
  };

  /** The keys written beside the items. */
  #shortcut(event: KeyboardEvent, items: HTMLElement[]): void {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).matches("input, select, textarea")) return;
    const item = items.find((candidate) => candidate.dataset["key"] === event.key);
    if (!item) return;
    event.preventDefault();
    item.click();
  }

  #place(): void {
    const button = this.#button?.getBoundingClientRect();
    if (!button) return;
    const menu = this.element.getBoundingClientRect();
    const start = this.element.classList.contains("menu-start");
    const left = Math.min(Math.max(8, start ? button.left : button.right - menu.width), innerWidth - menu.width - 8);
    const below = button.bottom + menu.height + 8 < innerHeight;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${below ? button.bottom : Math.max(8, button.top - menu.height - 8)}px`;
  }
}
