import { Controller } from "@hotwired/stimulus";

/** A search with its results below: the arrows go from the field to them and back. */
export default class PickController extends Controller<HTMLElement> {
  static override targets = ["field", "option"];
  declare readonly fieldTarget: HTMLInputElement;
  declare readonly optionTargets: HTMLElement[];

  override connect(): void {
    this.element.addEventListener("keydown", this.#move);
  }

  override disconnect(): void {
    this.element.removeEventListener("keydown", this.#move);
  }

  #move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const stops = [this.fieldTarget, ...this.optionTargets];
    const here = stops.indexOf(event.target as HTMLInputElement);
    if (here < 0) return;
    event.preventDefault();
    stops[Math.min(Math.max(here + step, 0), stops.length - 1)]?.focus();
  };
}
