import { demonstrate, password } from "../support/demo";
import { expect, signIn, test } from "../support/test";

// INTERFACE.md "Weight": the first view, nothing cached, as it goes over the wire.
test("the first view of the client list is light", async ({ page, vigie, context }) => {
  await signIn(page, await demonstrate(vigie), password);
  await page.goto("/client/");

  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  const answers = new Map<string, { path: string; script: boolean }>();
  const weights: [bytes: number, path: string, script: boolean][] = [];
  devtools.on("Network.responseReceived", ({ requestId, type, response }) => {
    // The live stream goes on for ever and is no part of the view.
    if (response.mimeType === "text/event-stream") return;
    answers.set(requestId, { path: new URL(response.url).pathname, script: type === "Script" });
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const answer = answers.get(requestId);
    if (answer) weights.push([encodedDataLength, answer.path, answer.script]);
  });
  await page.reload({ waitUntil: "load" });
  await page.waitForTimeout(500);

  const total = (of: typeof weights): number => of.reduce((sum, [bytes]) => sum + bytes, 0);
  const list = weights.map(([bytes, path]) => `${bytes} ${path}`).join("\n");
  expect(total(weights), "something was measured").toBeGreaterThan(20_000);
  expect(total(weights), list).toBeLessThanOrEqual(120_000);
  const scripts = weights.filter(([, , script]) => script);
  expect(total(scripts), "something was measured").toBeGreaterThan(5_000);
  expect(total(scripts), list).toBeLessThanOrEqual(60_000);
});
