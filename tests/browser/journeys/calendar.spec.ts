import type { Browser, Page } from "@playwright/test";
import { administrator, becomeAdministrator } from "../support/people";
import { expect, signIn, test } from "../support/test";

test("calendar: an alert is dragged to another day, back by undo, on by the keyboard, elsewhere without JavaScript", async ({
  page,
  browser,
  vigie,
}) => {
  await becomeAdministrator(page, vigie);
  await schedule(page, "2030-05-14");
  await page.goto("/alertes/calendrier?date=2030-05-01");
  const alert = page.locator(".calendar-event", { hasText: "Rappeler" });
  await expect(page.locator("#day-2030-05-14").locator(alert)).toBeVisible();

  await alert.dragTo(page.locator("#day-2030-05-16"));
  await expect(page.locator("#day-2030-05-16").locator(alert)).toBeVisible();
  await expect(alert, "at the same time").toContainText("09:30");
  await page.locator(".toast").getByRole("button", { name: "Annuler" }).click();
  await expect(page.locator("#day-2030-05-14").locator(alert)).toBeVisible();

  await alert.focus();
  await page.keyboard.press("Shift+ArrowDown");
  await expect(page.locator("#day-2030-05-21").locator(alert)).toBeVisible();
  await expect(alert, "the keyboard stays with it").toBeFocused();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.locator("#day-2030-05-22").locator(alert)).toBeVisible();

  await withoutScripts(browser, vigie.url, async (plain) => {
    await signIn(plain, administrator.email);
    await plain.goto("/alertes/calendrier?date=2030-04-01");
    await plain.getByRole("link", { name: "Période suivante" }).click();
    await plain.locator("#day-2030-05-22 .calendar-event").click();
    await plain.getByRole("link", { name: "Modifier" }).click();
    await plain.getByLabel("Date").fill("2030-05-27");
    await plain.getByRole("button", { name: "Enregistrer" }).click();
    await expect(plain.getByRole("heading", { level: 1 })).toContainText("Rappeler");
  });
  await expect(page.locator("#day-2030-05-27").locator(alert), "and this page hears of it").toBeVisible();
});

/// One client with one alert at 09:30 on that day.
async function schedule(page: Page, day: string): Promise<void> {
  await page.goto("/client/nouveau");
  await page.locator('[name="last_name"]').fill("Sarr");
  await page.getByRole("button", { name: /Créer|Enregistrer/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Sarr");
  await page.goto(`${page.url().replace(/\/$/, "")}/alertes/nouvelle`);
  await page.getByLabel("Titre").fill("Rappeler");
  await page.getByLabel("Date").fill(day);
  await page.getByLabel("Heure").fill("09:30");
  await page.getByRole("button", { name: "Créer l’alerte" }).click();
  await expect(page.locator("main")).toContainText("Rappeler");
}

async function withoutScripts(browser: Browser, baseURL: string, steps: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
  try {
    await steps(await context.newPage());
  } finally {
    await context.close();
  }
}
