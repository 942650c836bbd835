import { defineConfig } from "@playwright/test";
import { browser } from "./support/chromium";
import type { Options } from "./support/test";

// Not tests: tests/browser/screenshots runs them for people to look at.
export default defineConfig<Options>({
  testDir: "pictures",
  outputDir: "../../test-results",
  workers: 1,
  timeout: 600_000,
  reporter: [["list"]],
  use: { ...browser, engine: "sqlite" },
});
