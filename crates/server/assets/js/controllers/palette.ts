import { Controller } from "@hotwired/stimulus";
import { visit } from "@hotwired/turbo";

/** Ctrl/⌘ K: commands of the page and results of the server in one list, by keyboard. */
export default class PaletteController extends Controller<HTMLDialogElement> {
  static override targets = ["input", "list", "commands", "empty"];
  static override values = { url: String };
  declare readonly inputTarget: HTMLInputElement;
  declare readonly listTarget: HTMLElement;
  declare readonly commandsTarget: HTMLTemplateElement;
  declare readonly emptyTarget: HTMLElement;
  declare readonly urlValue: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | null = null;
  #found = "";

  override connect(): void {
    document.addEventListener("keydown", this.#hotkey);
    document.addEventListener("click", this.#opener);
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.#hotkey);
    document.removeEventListener("click", this.#opener);
  }

  search(): void {
    this.#render();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#fetch(), 150);
  }

  key(event: KeyboardEvent): void {
    const options = this.#options;
    const here = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: options.length - 1 }[event.key];
    if (event.key === "Enter") {
      event.preventDefault();
      options[here]?.click();
    } else if (to !== undefined && !(["Home", "End"].includes(event.key) && this.inputTarget.value)) {
      event.preventDefault();
      this.#select(options.at(to % options.length));
    }
  }

  /** A command may press a button of the page (act on ticked rows); others are links. */
  pick(event: MouseEvent): void {
    const option = (event.target as Element).closest<HTMLElement>("[role=option]");
    if (!option || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.element.close();
    const { press } = option.dataset;
    const href = option.getAttribute("href");
    if (press) document.querySelector<HTMLElement>(press)?.click();
    else if (href) visit(href);
  }

  get #options(): HTMLElement[] {
    return [...this.listTarget.querySelectorAll<HTMLElement>("[role=option]")];
  }

  #hotkey = (event: KeyboardEvent): void => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey) return;
    event.preventDefault();
    if (this.element.open) this.element.close();
    else this.#open("");
  };

  #opener = (event: MouseEvent): void => {
    const opener = (event.target as Element).closest<HTMLElement>("[data-palette-open]");
    if (!opener) return;
    event.preventDefault();
    this.#open(opener instanceof HTMLInputElement ? opener.value : "");
  };

  #open(query: string): void {
    if (document.querySelector("dialog[open]")) return;
    this.inputTarget.value = query;
    this.#found = "";
    this.#render();
    this.element.showModal();
    this.inputTarget.focus();
    if (query) void this.#fetch();
  }

  #render(): void {
    const query = fold(this.inputTarget.value.trim());
    const commands = this.commandsTarget.content.cloneNode(true) as DocumentFragment;
    for (const option of commands.querySelectorAll<HTMLElement>("[role=option]")) {
      const needs = option.dataset["needs"];
      const unusable = needs !== undefined && !document.querySelector(needs);
      if (unusable || !fold(option.textContent ?? "").includes(query)) option.remove();
    }
    commands.querySelectorAll("[role=group]").forEach((group) => group.querySelector("[role=option]") || group.remove());
    const results = document.createElement("template");
    // Our own server's fragment; scripts in it would not run (innerHTML, and the CSP).
    results.innerHTML = query ? this.#found : "";
    this.listTarget.replaceChildren(commands, results.content);
    this.#options.forEach((option, index) => (option.id ||= `palette-option-${index}`));
    this.emptyTarget.hidden = this.#options.length > 0;
    this.#select(this.#options[0]);
  }

  async #fetch(): Promise<void> {
    this.#request?.abort();
    const query = this.inputTarget.value.trim();
    if (!query) return;
    this.#request = new AbortController();
    try {
      const response = await fetch(`${this.urlValue}?${new URLSearchParams({ q: query })}`, {
        signal: this.#request.signal,
        headers: { Accept: "text/html" },
      });
      if (!response.ok || response.redirected) return;
      this.#found = await response.text();
      this.#render();
    } catch {
      // Superseded by the next key, or offline: the page's own commands remain.
    }
  }

  #select(option: HTMLElement | undefined): void {
    for (const other of this.#options) other.setAttribute("aria-selected", String(other === option));
    if (option) this.inputTarget.setAttribute("aria-activedescendant", option.id);
    else this.inputTarget.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
