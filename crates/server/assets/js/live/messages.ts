/** What the server sends, as a page receives it. `id` is the stream's sequence number. */
export interface LiveEvent {
  id: number;
  kind: "refresh" | "notification" | "message" | "reset";
  data: { topics?: string[]; [key: string]: unknown };
}

export type LiveState = "connecting" | "live" | "polling" | "expired";

/** From a page to the hub. `seq` is the sequence number its HTML was rendered at. */
export type FromPage =
  | { type: "hello"; seq: number }
  | { type: "shown"; id: number }
  | { type: "bye" };

export type FromHub =
  | { type: "event"; event: LiveEvent }
  /** The page may have missed something: it must refresh. */
  | { type: "behind" }
  /** Another tab has shown this notification. */
  | { type: "shown"; id: number }
  | { type: "state"; state: LiveState };
