import type { LiveEvent, LiveState } from "./messages";

const kinds = ["refresh", "notification", "message", "reset"] as const;
const blockedAfter = 10_000;
const backoffFrom = 500;
const backoffTo = 30_000;

/**
 * The event stream, reopened from the last event seen, for ever.
 *
 * EventSource reconnects by itself at a fixed delay, which after a restart of the server would
 * bring everyone back in the same second; so we close it at the first error and reopen it with
 * growing, random delays.
 */
export class Stream {
  #source: EventSource | null = null;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #blocked: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #lastId: number;

  constructor(
    private readonly url: string,
    since: number,
    private readonly onEvent: (event: LiveEvent) => void,
    private readonly onState: (state: LiveState) => void,
  ) {
    this.#lastId = since;
    self.addEventListener?.("online", () => this.#reopenNow());
    this.#open();
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retry);
    clearTimeout(this.#blocked);
    clearTimeout(this.#silence);
  }

  #open(): void {
    this.#blocked ??= setTimeout(() => this.onState("polling"), blockedAfter);
    const source = new EventSource(`${this.url}?since=${this.#lastId}`, { withCredentials: true });
    this.#source = source;
    source.onopen = () => {
      this.#attempts = 0;
      clearTimeout(this.#blocked);
      this.#blocked = undefined;
      this.onState("live");
    };
    source.onerror = () => this.#lost();
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => this.#received(kind, event as MessageEvent<string>));
    }
    // Servers that send pings let us notice a connection that died without a word.
    source.addEventListener("ping", () => this.#expectPing());
  }

  #received(kind: LiveEvent["kind"], { data, lastEventId }: MessageEvent<string>): void {
    const id = Number(lastEventId) || this.#lastId;
    this.#lastId = Math.max(this.#lastId, id);
    this.onEvent({ id, kind, data: parse(data) });
  }

  #expectPing(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), 60_000);
  }

  #lost(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#blocked ??= setTimeout(() => this.onState("polling"), blockedAfter);
    if (this.#attempts === 0) this.onState("connecting");
    const ceiling = Math.min(backoffTo, backoffFrom * 2 ** this.#attempts++);
    this.#retry = setTimeout(() => this.#open(), ceiling / 2 + Math.random() * (ceiling / 2));
  }

  #reopenNow(): void {
    if (this.#source) return;
    clearTimeout(this.#retry);
    this.#attempts = 0;
    this.#open();
  }
}

function parse(text: string): LiveEvent["data"] {
  try {
    const data: unknown = text ? JSON.parse(text) : {};
    return data !== null && typeof data === "object" ? (data as LiveEvent["data"]) : {};
  } catch {
    return {};
  }
}
