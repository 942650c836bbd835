import { Controller } from "@hotwired/stimulus";

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** Keeps « il y a 2 h » true on <time datetime>. The server's text stands without JavaScript. */
export default class RelativeTimeController extends Controller<HTMLTimeElement> {
  #timer: ReturnType<typeof setInterval> | undefined;

  override connect(): void {
    this.element.title ||= this.#full();
    this.#update();
    this.#timer = setInterval(() => this.#update(), 30_000);
    this.element.addEventListener("turbo:morph-element", this.#update);
  }

  override disconnect(): void {
    clearInterval(this.#timer);
    this.element.removeEventListener("turbo:morph-element", this.#update);
  }

  #update = (): void => {
    const seconds = (Date.parse(this.element.dateTime) - Date.now()) / 1000;
    if (Number.isNaN(seconds)) return;
    const text = relative(seconds);
    if (this.element.textContent !== text) this.element.textContent = text;
  };

  #full(): string {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });
    const date = Date.parse(this.element.dateTime);
    return Number.isNaN(date) ? "" : format.format(date);
  }
}

function relative(seconds: number): string {
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" });
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  // Under a minute, "à l’instant" reads better than a countdown.
  if (!step) return document.documentElement.lang.startsWith("fr") ? "à l’instant" : "just now";
  return format.format(Math.trunc(seconds / step[1]), step[0]).replace("'", "’");
}
