import { Controller } from "@hotwired/stimulus";

/** Goes away by itself, but never while pointed at or focused. */
export default class ToastController extends Controller<HTMLElement> {
  static override values = { duration: { type: Number, default: 5000 } };
  declare readonly durationValue: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connect(): void {
    for (const event of ["mouseenter", "focusin"]) this.element.addEventListener(event, this.#pause);
    for (const event of ["mouseleave", "focusout"]) this.element.addEventListener(event, this.#resume);
    this.element.addEventListener("turbo:submit-end", this.#submitted);
    this.#resume();
  }

  override disconnect(): void {
    this.#pause();
  }

  dismiss(): void {
    this.element.classList.add("is-leaving");
    setTimeout(() => this.element.remove(), 160);
  }

  #pause = (): void => clearTimeout(this.#timer);

  #resume = (): void => {
    this.#pause();
    if (this.durationValue > 0) this.#timer = setTimeout(() => this.dismiss(), this.durationValue);
  };

  #submitted = (event: Event): void => {
    if ((event as CustomEvent<{ success: boolean }>).detail.success) this.dismiss();
  };
}
