import { demonstrate, password } from "../support/demo";
import { expect, signIn, test } from "../support/test";

// INTERFACE.md "Weight": the first view, nothing cached, as it goes over the wire.
test("the first view of the client list is light", async ({ page, vigie, context }) => {
  await signIn(page, await demonstrate(vigie), password);
  await page.goto("/client/");

  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  const kinds = new Map<string, string>();
  let all = 0;
  let scripts = 0;
  devtools.on("Network.responseReceived", ({ requestId, type, response }) => {
    kinds.set(requestId, type === "EventSource" || response.mimeType === "text/event-stream" ? "stream" : type);
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    if (kind === "stream") return;
    all += encodedDataLength;
    if (kind === "Script") scripts += encodedDataLength;
  });
  await page.reload({ waitUntil: "load" });
  await page.waitForTimeout(500);

  expect(all, "something was measured").toBeGreaterThan(20_000);
  expect(all).toBeLessThanOrEqual(120_000);
  expect(scripts, "something was measured").toBeGreaterThan(5_000);
  expect(scripts).toBeLessThanOrEqual(60_000);
});
