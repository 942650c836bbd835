import { Controller } from "@hotwired/stimulus";
import * as Turbo from "@hotwired/turbo";
import { confirmWithDialog } from "../lib/confirm";
import { isDirty } from "../lib/morph-guard";

/**
 * On the page's frame: links with data-dialog load their address into `#dialog-frame` and show it
 * in `#dialog`. Buttons with data-dialog-open="id" show a dialog that is already in the page.
 */
export default class DialogController extends Controller<HTMLElement> {
  static override targets = ["dialog", "frame"];
  declare readonly hasDialogTarget: boolean;
  declare readonly dialogTarget: HTMLDialogElement;
  declare readonly frameTarget: HTMLElement;

  override connect(): void {
    this.element.addEventListener("click", this.#clicked);
    document.addEventListener("turbo:before-cache", this.#closeAll);
    document.addEventListener("turbo:frame-missing", this.#missing);
    document.addEventListener("turbo:submit-end", this.#submitted);
    document.addEventListener("cancel", this.#cancelled, true);
  }

  override disconnect(): void {
    this.element.removeEventListener("click", this.#clicked);
    document.removeEventListener("turbo:before-cache", this.#closeAll);
    document.removeEventListener("turbo:frame-missing", this.#missing);
    document.removeEventListener("turbo:submit-end", this.#submitted);
    document.removeEventListener("cancel", this.#cancelled, true);
  }

  #clicked = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const target = event.target as Element;
    const link = target.closest<HTMLAnchorElement>("a[data-dialog]");
    const opener = target.closest<HTMLElement>("[data-dialog-open]");
    const closer = target.closest("[data-dialog-close]");
    if (link && this.hasDialogTarget) this.#load(event, link);
    else if (opener) document.querySelector<HTMLDialogElement>(`#${opener.dataset["dialogOpen"]}`)?.showModal();
    else if (closer) this.#close(event, closer);
    else if (target instanceof HTMLDialogElement && target.open && outside(event, target)) void this.#leave(target);
  };

  #load(event: MouseEvent, link: HTMLAnchorElement): void {
    event.preventDefault();
    link.closest<HTMLElement>("[popover]")?.hidePopover();
    const waiting = this.dialogTarget.querySelector<HTMLTemplateElement>("template");
    if (waiting) this.frameTarget.replaceChildren(waiting.content.cloneNode(true));
    this.frameTarget.removeAttribute("src");
    this.frameTarget.setAttribute("src", link.href);
    this.dialogTarget.showModal();
  }

  #close(event: MouseEvent, closer: Element): void {
    const dialog = closer.closest("dialog");
    // In the page, the same link leads back where one came from.
    if (!dialog?.open) return;
    event.preventDefault();
    void this.#leave(dialog);
  }

  async #leave(dialog: HTMLDialogElement): Promise<void> {
    const form = dialog.querySelector<HTMLFormElement>("form[data-form-warning-value]");
    if (form && isDirty(form) && !(await confirmWithDialog(form.dataset["formWarningValue"] ?? ""))) return;
    dialog.close();
  }

  #cancelled = (event: Event): void => {
    if (event.target !== (this.hasDialogTarget ? this.dialogTarget : null)) return;
    event.preventDefault();
    void this.#leave(this.dialogTarget);
  };

  /** A form that succeeds redirects to a whole page: leave the frame and go there. */
  #missing = (event: Event): void => {
    const { response, visit } = (event as CustomEvent<{ response: Response; visit: (url: string, options: object) => void }>).detail;
    if (event.target !== this.frameTarget) return;
    event.preventDefault();
    this.dialogTarget.close();
    visit(response.url, { action: samePath(response.url) ? "replace" : "advance" });
  };

  #submitted = (event: Event): void => {
    const { success, fetchResponse } = (event as CustomEvent<{ success: boolean; fetchResponse?: Answer }>).detail;
    const dialog = (event.target as Element).closest("dialog");
    if (!success || !dialog?.open) return;
    dialog.close();
    if (dialog === this.dialogTarget && fetchResponse?.redirected) void follow(fetchResponse);
  };

  #closeAll = (): void => document.querySelectorAll<HTMLDialogElement>("dialog[open]").forEach((dialog) => dialog.close());
}

interface Answer {
  redirected: boolean;
  statusCode: number;
  location: URL;
  responseHTML: Promise<string>;
}

/** Shows the page that a dialog's form led to, which is already here: asking again would lose its toast. */
async function follow({ redirected, statusCode, location, responseHTML }: Answer): Promise<void> {
  const options = {
    action: samePath(location.href) ? "replace" : "advance",
    response: { redirected, statusCode, responseHTML: await responseHTML },
  };
  Turbo.visit(location.href, options as Turbo.VisitOptions);
}

function samePath(url: string): boolean {
  return new URL(url).pathname === location.pathname;
}

function outside({ clientX, clientY }: MouseEvent, dialog: HTMLDialogElement): boolean {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
