import { Controller } from "@hotwired/stimulus";

interface Notification {
  id?: string;
  title?: string;
  body?: string;
  url?: string;
  level?: "success" | "error" | "warning" | "info";
  unread?: number;
}

/** The region of toasts: makes one, from its <template>, of each live notification. */
export default class ToastsController extends Controller<HTMLElement> {
  static override targets = ["template"];
  static override values = { unanswered: String, tryAgain: String };
  declare readonly unansweredValue: string;
  declare readonly tryAgainValue: string;
  declare readonly templateTarget: HTMLTemplateElement;

  override connect(): void {
    document.addEventListener("vigie:notification", this.#notified);
    document.addEventListener("turbo:before-cache", this.#clear);
    document.addEventListener("turbo:fetch-request-error", this.#unanswered);
  }

  override disconnect(): void {
    document.removeEventListener("vigie:notification", this.#notified);
    document.removeEventListener("turbo:before-cache", this.#clear);
    document.removeEventListener("turbo:fetch-request-error", this.#unanswered);
  }

  /** Going back must not show an old message again. */
  #clear = (): void => this.element.querySelectorAll(".toast").forEach((toast) => toast.remove());

  /** What was pressed went nowhere: whoever pressed must not think it was done. */
  #unanswered = (event: Event): void => {
    const { request } = (event as CustomEvent<{ request?: { isSafe?: boolean } }>).detail;
    if (request?.isSafe !== false) return;
    event.preventDefault();
    this.#show({ level: "error", title: this.unansweredValue, body: this.tryAgainValue });
  };

  #notified = (event: Event): void => this.#show((event as CustomEvent<Notification>).detail);

  #show(notification: Notification): void {
    const toast = this.templateTarget.content.cloneNode(true) as DocumentFragment;
    const root = toast.querySelector<HTMLElement>(".toast");
    if (!root || !notification.title) return;
    root.id = `toast-${notification.id ?? crypto.randomUUID()}`;
    if (document.getElementById(root.id)) return;
    const level = notification.level ?? "info";
    root.classList.add(`toast-${level}`);
    root.querySelectorAll<SVGElement>("[data-level]").forEach((icon) => icon.dataset["level"] !== level && icon.remove());
    this.#fill(root, notification);
    this.element.append(toast);
    this.#count(notification.unread);
  }

  #fill(root: HTMLElement, { title, body, url }: Notification): void {
    const set = (name: string, text: string) => {
      const element = root.querySelector(`[data-toast="${name}"]`);
      if (element) element.textContent = text;
    };
    set("title", title ?? "");
    set("body", body ? ` · ${body}` : "");
    const link = root.querySelector<HTMLAnchorElement>('a[data-toast="link"]');
    // Only our own pages: what comes on the stream never leads outside.
    if (url?.startsWith("/") && !url.startsWith("//")) link?.setAttribute("href", url);
    else link?.remove();
  }

  #count(unread: number | undefined): void {
    if (unread === undefined) return;
    for (const badge of document.querySelectorAll<HTMLElement>("[data-unread-badge]")) {
      badge.textContent = unread > 99 ? "99+" : String(unread);
      badge.hidden = unread === 0;
    }
  }
}
