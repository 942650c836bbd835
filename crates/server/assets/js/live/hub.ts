import type { FromHub, FromPage, LiveEvent, LiveState } from "./messages";
import { Stream } from "./stream";

const ringSize = 500;

interface Member {
  send: (message: FromHub) => void;
  /** Last event this page has, by its HTML or from us; null before it says hello. */
  seq: number | null;
}

/**
 * Holds the stream for every page and remembers the last events, so that a page rendered before an
 * event and connected after it still gets it, once and in order.
 */
export class Hub {
  #stream: Stream | null = null;
  #state: LiveState = "connecting";
  #ring: LiveEvent[] = [];
  /** Everything after this number is in the ring. */
  #complete = 0;
  #shown = new Set<number>();
  readonly #members = new Set<Member>();

  constructor(private readonly url: string) {}

  join(send: (message: FromHub) => void): { receive: (message: FromPage) => void } {
    const member: Member = { send, seq: null };
    this.#members.add(member);
    return { receive: (message) => this.#receive(member, message) };
  }

  #receive(member: Member, message: FromPage): void {
    if (message.type === "hello") this.#welcome(member, message.seq);
    else if (message.type === "shown") this.#markShown(member, message.id);
    else this.#leave(member);
  }

  #welcome(member: Member, seq: number): void {
    this.#members.add(member);
    member.seq = seq;
    if (!this.#stream) {
      this.#complete = seq;
      this.#stream = new Stream(
        this.url,
        seq,
        (event) => this.#publish(event),
        (state) => this.#setState(state),
      );
    }
    member.send({ type: "state", state: this.#state });
    if (seq < this.#complete) member.send({ type: "behind" });
    for (const event of this.#ring) this.#deliver(member, event);
  }

  #leave(member: Member): void {
    this.#members.delete(member);
    // Nobody listens: free the connection. The next page says from where to go on.
    if (this.#members.size > 0) return;
    this.#stream?.close();
    this.#stream = null;
    this.#ring = [];
    this.#state = "connecting";
  }

  #publish(event: LiveEvent): void {
    this.#ring.push(event);
    if (this.#ring.length > ringSize) this.#complete = this.#ring.shift()?.id ?? this.#complete;
    for (const member of this.#members) this.#deliver(member, event);
  }

  #deliver(member: Member, event: LiveEvent): void {
    if (member.seq === null) return;
    // A reset may repeat the last number: it must reach everyone all the same.
    if (event.id <= member.seq && event.kind !== "reset") return;
    if (event.kind === "reset" && event.id < member.seq) return;
    member.seq = event.id;
    if (event.kind === "notification" && this.#shown.has(event.id)) return;
    member.send({ type: "event", event });
  }

  #markShown(by: Member, id: number): void {
    this.#shown.add(id);
    if (this.#shown.size > ringSize) this.#shown.delete(Math.min(...this.#shown));
    for (const member of this.#members) if (member !== by) member.send({ type: "shown", id });
  }

  #setState(state: LiveState): void {
    this.#state = state;
    for (const member of this.#members) member.send({ type: "state", state });
  }
}
