import { expect, type Page } from "@playwright/test";
import { password } from "./test";
import type { Vigie } from "./vigie";

export const administrator = { name: "Adama Diop", email: "adama@exemple.fr" };

/// Follows the link that a new server prints, and ends signed in.
export async function becomeAdministrator(page: Page, vigie: Vigie): Promise<void> {
  const link = await vigie.printed(/http:\/\/127\.0\.0\.1:\d+\/bienvenue\/\S+/);
  await page.goto(link);
  await page.locator('[name="center_name"]').fill("Comptoir de Paris");
  await page.locator('[name="name"]').fill(administrator.name);
  await page.locator('[name="email"]').fill(administrator.email);
  await page.locator('[name="password"]').fill(password);
  await page.locator("form:has([name='password']) button.btn-primary").click();
  await expect(page).toHaveURL(/\/(\?.*)?$/);
}
