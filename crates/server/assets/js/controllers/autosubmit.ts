import { Controller } from "@hotwired/stimulus";

/** A search form that submits itself 300 ms after the last key. */
export default class AutosubmitController extends Controller<HTMLFormElement> {
  static override values = { delay: { type: Number, default: 300 } };
  declare readonly delayValue: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connect(): void {
    this.element.addEventListener("input", this.#later);
    this.element.addEventListener("submit", this.#cancel);
  }

  override disconnect(): void {
    this.element.removeEventListener("input", this.#later);
    this.element.removeEventListener("submit", this.#cancel);
    this.#cancel();
  }

  #later = (event: Event): void => {
    this.#cancel();
    if ((event as InputEvent).isComposing) return;
    this.#timer = setTimeout(() => this.element.requestSubmit(), this.delayValue);
  };

  #cancel = (): void => clearTimeout(this.#timer);
}
