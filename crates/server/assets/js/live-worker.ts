// One per person, shared by all their tabs: holds the only event stream.
import { Hub } from "./live/hub";
import type { FromPage } from "./live/messages";

interface WorkerScope {
  name: string;
  onconnect: ((event: MessageEvent) => void) | null;
}
const scope = self as unknown as WorkerScope;
const hub = new Hub("/api/me/stream");

scope.onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  const member = hub.join((message) => port.postMessage(message));
  port.onmessage = ({ data }: MessageEvent<FromPage>) => member.receive(data);
};
