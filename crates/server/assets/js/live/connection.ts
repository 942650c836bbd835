import { Hub } from "./hub";
import type { FromHub, FromPage } from "./messages";

const streamUrl = "/api/me/stream";

export interface Connection {
  send(message: FromPage): void;
}

/** Reaches the one hub of this person's tabs: a SharedWorker, or else whichever tab leads. */
export function connect(onMessage: (message: FromHub) => void): Connection {
  const worker = meta("vigie-worker");
  // Named by person, so that a new sign-in never hears the previous one's events.
  const name = `vigie-${meta("vigie-user") ?? ""}`;
  if (worker && "SharedWorker" in window) {
    try {
      return throughWorker(worker, name, onMessage);
    } catch {
      // Refused (private windows, policies): the tabs manage among themselves.
    }
  }
  if ("locks" in navigator && "BroadcastChannel" in window) return amongTabs(name, onMessage);
  return alone(onMessage);
}

function throughWorker(url: string, name: string, onMessage: (message: FromHub) => void): Connection {
  const worker = new SharedWorker(url, { name });
  worker.port.onmessage = ({ data }: MessageEvent<FromHub>) => onMessage(data);
  return { send: (message) => worker.port.postMessage(message) };
}

function alone(onMessage: (message: FromHub) => void): Connection {
  const member = new Hub(streamUrl).join(onMessage);
  return { send: (message) => member.receive(message) };
}

type Wire =
  | { to: "leader"; from: string; message: FromPage }
  | { to: "all"; leading: true }
  | { to: "tab"; tab: string; message: FromHub };

function amongTabs(name: string, onMessage: (message: FromHub) => void): Connection {
  const tab = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  const post = (wire: Wire) => channel.postMessage(wire);
  let own: ((message: FromPage) => void) | null = null;
  let hello: FromPage | null = null;
  const members = new Map<string, (message: FromPage) => void>();

  channel.onmessage = ({ data }: MessageEvent<Wire>) => {
    if (data.to === "tab" && data.tab === tab) onMessage(data.message);
    // A new leader knows nobody: introduce ourselves again, from where our page stands.
    if (data.to === "all" && hello) post({ to: "leader", from: tab, message: hello });
    if (data.to === "leader" && own) memberOf(data.from)(data.message);
  };
  let hub: Hub;
  const memberOf = (from: string) => {
    const known = members.get(from);
    if (known) return known;
    const { receive } = hub.join((message) => post({ to: "tab", tab: from, message }));
    members.set(from, receive);
    return receive;
  };

  void navigator.locks.request(name, () => {
    hub = new Hub(streamUrl);
    own = hub.join(onMessage).receive;
    if (hello) own(hello);
    post({ to: "all", leading: true });
    // Held until this tab closes; then another leads.
    return new Promise(() => {});
  });

  return {
    send(message) {
      if (message.type === "hello") hello = message;
      if (message.type === "bye") hello = null;
      if (own) own(message);
      else post({ to: "leader", from: tab, message });
    },
  };
}

export function meta(name: string): string | null {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content || null;
}
