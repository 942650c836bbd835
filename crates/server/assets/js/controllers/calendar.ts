import { Controller } from "@hotwired/stimulus";

/** Steps of the arrow keys: in days, or in hours where a day is shown by hours. */
const steps: Record<string, [days: number, hours: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [-7, -1],
  ArrowDown: [7, 1],
};

/** Alerts are dragged to another day (or hour), or moved with Shift and the arrows. Dropping sends an ordinary form. */
export default class CalendarController extends Controller<HTMLElement> {
  static override targets = ["form"];
  declare readonly formTarget: HTMLFormElement;
  #dragged: HTMLElement | null = null;
  #moved = "";

  override connect(): void {
    this.element.addEventListener("dragstart", this.#started);
    this.element.addEventListener("dragover", this.#over);
    this.element.addEventListener("drop", this.#dropped);
    this.element.addEventListener("dragend", this.#ended);
    this.element.addEventListener("keydown", this.#keyed);
    document.addEventListener("turbo:render", this.#rendered);
  }

  override disconnect(): void {
    this.element.removeEventListener("dragstart", this.#started);
    this.element.removeEventListener("dragover", this.#over);
    this.element.removeEventListener("drop", this.#dropped);
    this.element.removeEventListener("dragend", this.#ended);
    this.element.removeEventListener("keydown", this.#keyed);
    document.removeEventListener("turbo:render", this.#rendered);
  }

  #started = (event: DragEvent): void => {
    const alert = (event.target as Element).closest<HTMLElement>("[data-alert]");
    if (!alert || !event.dataTransfer) return;
    this.#dragged = alert;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", alert.querySelector(".calendar-title")?.textContent ?? "");
    alert.classList.add("is-dragged");
    // A live refresh meanwhile must not take away what is held.
    this.element.setAttribute("data-live-keep", "");
  };

  #over = (event: DragEvent): void => {
    const place = this.#placeOf(event);
    this.#mark(place);
    if (!place) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "move";
  };

  #dropped = (event: DragEvent): void => {
    const place = this.#placeOf(event);
    const alert = this.#dragged;
    this.#ended();
    if (!place || !alert) return;
    event.preventDefault();
    this.#send(alert, place.dataset["day"] ?? "", place.dataset["hour"] ?? "");
  };

  #ended = (): void => {
    this.#dragged?.classList.remove("is-dragged");
    this.#dragged = null;
    this.#mark(null);
    this.element.removeAttribute("data-live-keep");
  };

  #keyed = (event: KeyboardEvent): void => {
    const alert = (event.target as Element).closest<HTMLElement>("[data-alert]");
    const step = steps[event.key];
    if (!alert || !step || !event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    const { day = "", hour } = alert.closest<HTMLElement>(".calendar-cell")?.dataset ?? {};
    event.preventDefault();
    if (hour === undefined || step[1] === 0) return this.#send(alert, later(day, step[0]), "");
    const other = Number(hour) + step[1];
    if (other >= 0 && other < 24) this.#send(alert, day, String(other));
  };

  /** A day or hour where the alert may go: not where it is, and not in the past. */
  #placeOf(event: DragEvent): HTMLElement | null {
    if (!this.#dragged) return null;
    const place = (event.target as Element).closest<HTMLElement>(".calendar-cell:not([data-past])");
    return place?.contains(this.#dragged) ? null : place;
  }

  #mark(place: HTMLElement | null): void {
    for (const cell of this.element.querySelectorAll(".is-over")) if (cell !== place) cell.classList.remove("is-over");
    place?.classList.add("is-over");
  }

  #send(alert: HTMLElement, date: string, hour: string): void {
    const form = this.formTarget;
    const values: Record<string, string> = { date, hour, version: alert.dataset["version"] ?? "" };
    for (const [name, value] of Object.entries(values)) {
      const input = form.querySelector<HTMLInputElement>(`input[name="${name}"]`);
      if (input) input.value = value;
    }
    form.action = `/alertes/${alert.dataset["alert"] ?? ""}/deplacement`;
    this.#moved = alert.id;
    form.requestSubmit();
  }

  /** The keyboard stays with the alert it moved. */
  #rendered = (): void => {
    const moved = this.#moved && document.getElementById(this.#moved);
    this.#moved = "";
    if (moved) moved.focus({ preventScroll: true });
  };
}

/** The day `days` after `day`, both like 2026-11-20. */
function later(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return "";
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}
