import { Controller } from "@hotwired/stimulus";
import { isTyping } from "../lib/focus";

/** Buttons inside with data-shortcut="s" are pressed by that key, anywhere on the page. */
export default class ShortcutController extends Controller<HTMLElement> {
  override connect(): void {
    document.addEventListener("keydown", this.#keyed);
  }

  override disconnect(): void {
    document.removeEventListener("keydown", this.#keyed);
  }

  #keyed = (event: KeyboardEvent): void => {
    // A held key must not press twice, and a row's own keys go first.
    if (event.defaultPrevented || event.repeat || isTyping(event)) return;
    if ((event.target as Element).closest('[data-datagrid-target="row"]')) return;
    const button = this.element.querySelector<HTMLButtonElement>(`[data-shortcut="${CSS.escape(event.key)}"]`);
    if (!button || button.disabled) return;
    event.preventDefault();
    button.click();
  };
}
