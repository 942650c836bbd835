import { Controller } from "@hotwired/stimulus";
import { connect, meta, type Connection } from "../live/connection";
import type { FromHub, LiveEvent, LiveState } from "../live/messages";
import { Refresher } from "../live/refresher";

const pollEvery = 30_000;

// These outlive the <body> that Turbo replaces at each visit.
let connection: Connection | null = null;
let state: LiveState = "connecting";
let polling: ReturnType<typeof setInterval> | undefined;
let current: LiveController | null = null;
let waiting: LiveEvent[] = [];
const shown = new Set<number>();
const refresher = new Refresher(() => hello(), setState);

/** On <body>: refreshes the page when something it shows has changed. */
export default class LiveController extends Controller<HTMLElement> {
  static override values = { topics: String };
  declare readonly topicsValue: string;

  override connect(): void {
    current = this;
    connection ??= start();
    hello();
    showState();
  }

  override disconnect(): void {
    if (current === this) current = null;
  }

  concerns({ topics }: LiveEvent["data"]): boolean {
    const mine = this.topicsValue.split(/\s+/);
    // `client:*` stands for many clients at once.
    const concerns = (topic: string) =>
      topic.endsWith("*") ? mine.some((own) => own.startsWith(topic.slice(0, -1))) : mine.includes(topic);
    return topics?.some(concerns) ?? false;
  }
}

function start(): Connection {
  addEventListener("pagehide", () => connection?.send({ type: "bye" }));
  addEventListener("pageshow", (event) => event.persisted && hello());
  document.addEventListener("visibilitychange", () => document.hidden || showWaiting());
  document.addEventListener("turbo:morph", showState);
  document.addEventListener("vigie:stale", () => refresher.request());
  return connect(received);
}

function hello(): void {
  const seq = meta("vigie-seq");
  if (seq !== null) connection?.send({ type: "hello", seq: Number(seq) });
}

function received(message: FromHub): void {
  if (message.type === "state") setState(message.state);
  else if (message.type === "behind") refresher.request();
  else if (message.type === "shown") forget(message.id);
  else happened(message.event);
}

function happened(event: LiveEvent): void {
  if (event.kind === "reset" || current?.concerns(event.data)) refresher.request();
  if (event.kind === "notification") {
    waiting.push(event);
    showWaiting();
  } else if (event.kind === "message") {
    document.dispatchEvent(new CustomEvent("vigie:message", { detail: event.data }));
  }
}

/** Only the tab in view shows a notification, once; the others then forget it. */
function showWaiting(): void {
  if (document.hidden) return;
  const ready = waiting;
  waiting = [];
  for (const { id, data } of ready) {
    if (shown.has(id)) continue;
    shown.add(id);
    connection?.send({ type: "shown", id });
    document.dispatchEvent(new CustomEvent("vigie:notification", { detail: data }));
  }
}

function forget(id: number): void {
  shown.add(id);
  waiting = waiting.filter((event) => event.id !== id);
}

function setState(next: LiveState): void {
  // Push that comes back after polling may have left a gap of up to one poll.
  if (next === "live" && state === "polling") refresher.request();
  state = next;
  clearInterval(polling);
  polling = next === "polling" ? setInterval(() => refresher.request(), pollEvery) : undefined;
  showState();
}

function showState(): void {
  for (const badge of document.querySelectorAll<HTMLElement>("[data-live-badge]")) {
    if (badge.dataset["state"] !== state) badge.dataset["state"] = state;
  }
}
