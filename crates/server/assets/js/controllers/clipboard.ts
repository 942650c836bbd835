import { Controller } from "@hotwired/stimulus";

/** Copies a text and says so in its own label for two seconds. */
export default class ClipboardController extends Controller<HTMLElement> {
  static override values = { text: String, done: { type: String, default: "Copié" } };
  static override targets = ["source", "label"];
  declare readonly textValue: string;
  declare readonly doneValue: string;
  declare readonly hasSourceTarget: boolean;
  declare readonly sourceTarget: HTMLElement;
  declare readonly hasLabelTarget: boolean;
  declare readonly labelTarget: HTMLElement;

  async copy(): Promise<void> {
    await navigator.clipboard.writeText(this.#text());
    if (!this.hasLabelTarget) return;
    const usual = this.labelTarget.textContent;
    this.labelTarget.textContent = this.doneValue;
    setTimeout(() => (this.labelTarget.textContent = usual), 2000);
  }

  #text(): string {
    if (!this.hasSourceTarget) return this.textValue;
    const source = this.sourceTarget;
    return source instanceof HTMLInputElement ? source.value : (source.textContent ?? "").trim();
  }
}
