import * as Turbo from "@hotwired/turbo";
import { keepingFocus } from "../lib/focus";
import { liveMorph } from "../lib/morph-guard";
import type { LiveState } from "./messages";

const settle = 150;
const apart = 1000;

/**
 * Brings the page up to date: fetches the same address and morphs the body.
 *
 * Turbo.session.refresh would do it in one call, but it falls back to reloading the page when the
 * network is down, and follows a redirect to the sign-in page: both would lose what is being typed.
 */
export class Refresher {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = -Infinity;
  #wanted = false;
  #request: AbortController | null = null;
  #navigating = false;

  constructor(
    private readonly done: () => void,
    private readonly state: (state: LiveState) => void,
  ) {
    document.addEventListener("visibilitychange", () => this.#wanted && this.request());
    addEventListener("turbo:visit", () => this.#hold());
    addEventListener("turbo:submit-start", () => this.#hold());
    addEventListener("turbo:submit-end", () => this.#release());
    addEventListener("turbo:load", () => this.#arrived());
    addEventListener("turbo:render", () => this.#release());
  }

  request(): void {
    this.#wanted = true;
    if (document.hidden || this.#navigating || this.#timer || this.#request) return;
    const wait = Math.max(settle, this.#last + apart - performance.now());
    this.#timer = setTimeout(() => void this.#run(), wait);
  }

  /** A visit or a submission brings fresh HTML anyway; ours must not overwrite it. */
  #hold(): void {
    this.#navigating = true;
    this.#request?.abort();
  }

  #release(): void {
    this.#navigating = false;
    if (this.#wanted) this.request();
  }

  #arrived(): void {
    this.#wanted = false;
    this.#release();
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    if (document.hidden || this.#navigating) return;
    this.#wanted = false;
    this.#last = performance.now();
    this.#request = new AbortController();
    document.documentElement.toggleAttribute("data-refreshing", true);
    try {
      await this.#fetchAndMorph(location.href, this.#request.signal);
    } catch (error) {
      // Offline, restarting, or superseded: the stream's return asks again.
      if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
    } finally {
      this.#request = null;
      document.documentElement.toggleAttribute("data-refreshing", false);
      if (this.#wanted) this.request();
    }
  }

  async #fetchAndMorph(url: string, signal: AbortSignal): Promise<void> {
    const response = await fetch(url, {
      signal,
      headers: { Accept: "text/html", "X-Vigie-Refresh": "1" },
      credentials: "same-origin",
    });
    const elsewhere = response.redirected && new URL(response.url).pathname !== new URL(url).pathname;
    if (response.status === 401 || (elsewhere && response.url.includes("/connexion"))) return this.state("expired");
    if (!response.ok || elsewhere) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (signal.aborted || location.href !== url || assets(fresh) !== assets(document)) return;
    keepingFocus(() => liveMorph(() => Turbo.morphBodyElements(document.body as HTMLBodyElement, fresh.body as HTMLBodyElement)));
    if (document.title !== fresh.title) document.title = fresh.title;
    const seq = fresh.querySelector<HTMLMetaElement>('meta[name="vigie-seq"]')?.content;
    document.querySelector('meta[name="vigie-seq"]')?.setAttribute("content", seq ?? "0");
    this.done();
  }
}

/** A page rendered by a newer Vigie needs newer scripts: the next visit reloads it all. */
function assets(page: Document): string {
  return [...page.querySelectorAll('head [data-turbo-track="reload"]')]
    .map((element) => element.getAttribute("src") ?? element.getAttribute("href"))
    .join();
}
