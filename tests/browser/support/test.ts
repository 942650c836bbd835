import { test as base, expect, type Page } from "@playwright/test";
import { type Engine, Vigie } from "./vigie";

export interface Options {
  engine: Engine;
}

interface Fixtures {
  /// A Vigie of this test's own.
  vigie: Vigie;
}

export const test = base.extend<Fixtures & Options>({
  engine: ["sqlite", { option: true }],
  vigie: async ({ engine }, use, info) => {
    const vigie = await Vigie.start(engine);
    await use(vigie);
    if (info.status !== info.expectedStatus) {
      await info.attach("server.log", { body: vigie.log, contentType: "text/plain" });
    }
    await vigie.stop();
  },
  // Addresses in a test are paths; whatever the console complains of fails it (CSP refusals included).
  page: async ({ page, vigie: _ }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && !expected(message.text())) complaints.push(message.text());
    });
    await use(page);
    expect(complaints, "the browser's console").toEqual([]);
  },
  baseURL: async ({ vigie }, use) => use(vigie.url),
});

/// Chromium reports every 4xx answer as an error; a form with errors answers 422, and that is right.
function expected(text: string): boolean {
  return /status of (404|409|412|422)/.test(text);
}

export const password = "une-vigie-sur-la-dune-42";

/// Signs in as a person does.
export async function signIn(page: Page, email: string, secret = password): Promise<void> {
  await page.goto("/connexion");
  await page.locator('[name="email"]').fill(email);
  await page.locator('[name="password"]').fill(secret);
  await page.locator('form:has([name="password"]) button.btn-primary').click();
  await expect(page).not.toHaveURL(/connexion/);
}

export { expect };
