import { Controller } from "@hotwired/stimulus";

/** An order to review, answered from the keyboard: 1–9 choose, a accept, n nobody, r look for another, c create, s skip. */
export default class ReviewController extends Controller<HTMLFormElement> {
  static override targets = ["candidate", "accept", "nobody", "create", "skip", "other"];
  declare readonly candidateTargets: HTMLInputElement[];

  override connect(): void {
    document.addEventListener("keydown", this.#press);
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.#press);
  }

  #press = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const candidate = /^[1-9]$/.test(event.key) ? this.candidateTargets[Number(event.key) - 1] : undefined;
    if (candidate) {
      candidate.checked = true;
      candidate.focus();
    } else {
      const name = { a: "accept", n: "nobody", c: "create", s: "skip", r: "other" }[event.key];
      const button = name && this.element.querySelector<HTMLElement>(`[data-review-target~="${name}"]`);
      if (!button) return;
      button.click();
    }
    event.preventDefault();
  };
}

/** Letters typed into a field are text. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["radio", "checkbox", "button", "submit"].includes(target.type);
  return target.isContentEditable || ["TEXTAREA", "SELECT"].includes(target.tagName);
}
