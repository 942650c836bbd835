import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import { confirmWithDialog } from "../lib/confirm";
import { isDirty } from "../lib/morph-guard";

/**
 * Warns before unsaved changes are lost (when it has a warning value), shows that it is being
 * sent, refuses a second press, and takes people to what must be corrected.
 */
export default class FormController extends Controller<HTMLFormElement> {
  static override values = { warning: String };
  static override targets = ["summary"];
  declare readonly warningValue: string;
  declare readonly summaryTargets: HTMLElement[];
  #sending = false;

  override connect(): void {
    this.element.addEventListener("turbo:submit-start", this.#started);
    this.element.addEventListener("turbo:submit-end", this.#ended);
    this.element.addEventListener("submit", this.#guard, true);
    addEventListener("beforeunload", this.#unloading);
    addEventListener("turbo:before-visit", this.#visiting);
  }

  override disconnect(): void {
    this.element.removeEventListener("turbo:submit-start", this.#started);
    this.element.removeEventListener("turbo:submit-end", this.#ended);
    this.element.removeEventListener("submit", this.#guard, true);
    removeEventListener("beforeunload", this.#unloading);
    removeEventListener("turbo:before-visit", this.#visiting);
  }

  summaryTargetConnected(summary: HTMLElement): void {
    summary.focus();
  }

  get #wouldLose(): boolean {
    return this.warningValue !== "" && !this.#sending && isDirty(this.element);
  }

  #guard = (event: Event): void => {
    if (!this.#sending) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  #started = (event: Event): void => {
    this.#sending = true;
    this.#busy(event, true);
  };

  #ended = (event: Event): void => {
    const { success } = (event as CustomEvent<{ success: boolean }>).detail;
    this.#busy(event, false);
    // After success the answer is on its way: nothing is lost by leaving.
    this.#sending = success && this.element.method !== "get";
    if (this.#sending) document.addEventListener("turbo:load", () => (this.#sending = false), { once: true });
  };

  #busy(event: Event, busy: boolean): void {
    const { submitter } = (event as CustomEvent<{ formSubmission: { submitter?: HTMLElement } }>).detail.formSubmission;
    if (busy) submitter?.setAttribute("aria-busy", "true");
    else submitter?.removeAttribute("aria-busy");
  }

  #unloading = (event: BeforeUnloadEvent): void => {
    if (this.#wouldLose) event.preventDefault();
  };

  #visiting = (event: Event): void => {
    if (!this.#wouldLose) return;
    event.preventDefault();
    const { url } = (event as CustomEvent<{ url: string }>).detail;
    void confirmWithDialog(this.warningValue).then((leave) => {
      if (!leave) return;
      this.#sending = true;
      Turbo.visit(url);
    });
  };
}
