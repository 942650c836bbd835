import { Controller } from "@hotwired/stimulus";
import { post } from "../lib/post";

/**
 * Theme and density at once, then kept by the server. On an ordinary form whose buttons carry
 * name="theme|density" and value; without JavaScript it is simply submitted.
 */
export default class ThemeController extends Controller<HTMLFormElement> {
  choose(event: SubmitEvent): void {
    const button = event.submitter as HTMLButtonElement | null;
    if (!button || !["theme", "density"].includes(button.name)) return;
    event.preventDefault();
    // Turbo listens higher up and would submit all the same.
    event.stopImmediatePropagation();
    document.documentElement.setAttribute(`data-${button.name}`, button.value);
    for (const other of this.element.querySelectorAll<HTMLButtonElement>(`button[name="${button.name}"]`)) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    const fields = new FormData(this.element, button);
    void post(this.element.action, Object.fromEntries([...fields].map(([name, value]) => [name, String(value)])));
  }
}
