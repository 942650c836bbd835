import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from "@playwright/test";

/// Debian's Chromium, told to leave the world alone: tests run where nothing outside answers.
export const browser: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> & { trace: "retain-on-failure" } = {
  browserName: "chromium",
  locale: "fr-FR",
  timezoneId: "Europe/Paris",
  viewport: { width: 1440, height: 900 },
  trace: "retain-on-failure",
  actionTimeout: 10_000,
  launchOptions: {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};
