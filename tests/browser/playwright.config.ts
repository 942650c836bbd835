import { defineConfig } from "@playwright/test";
import type { Options } from "./support/test";
import { browser } from "./support/chromium";

// Few and whole journeys against the real binary; CI has two cores, so one at a time. No retries: a
// journey that passes at the second try has found a bug.
export default defineConfig<Options>({
  testDir: "journeys",
  outputDir: "../../test-results",
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: browser,
  projects: [
    { name: "sqlite", use: { engine: "sqlite" } },
    // What the engine cannot change is looked at once.
    { name: "postgres", use: { engine: "postgres" }, testIgnore: /(accessibility|weight)\.spec/ },
  ],
});
