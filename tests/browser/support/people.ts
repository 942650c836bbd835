import { expect, type Page } from "@playwright/test";
import { password } from "./test";
import type { Vigie } from "./vigie";

export const administrator = { name: "Adama Diop", email: "adama@exemple.fr" };

/// Follows the link that a new server prints, and ends signed in.
export async function becomeAdministrator(page: Page, vigie: Vigie): Promise<void> {
  const link = await vigie.printed(/https?:\/\/127\.0\.0\.1:\d+\/\S*(?:premier|bienvenue|invitation)\S*/);
  await page.goto(link);
  await page.getByLabel("Nom", { exact: true }).fill(administrator.name);
  await page.getByLabel("E-mail").fill(administrator.email);
  await page.locator('[name="password"]').fill(password);
  await page.locator("form:has([name='password']) button").last().click();
  await expect(page).toHaveURL(/\/(\?.*)?$/);
}
