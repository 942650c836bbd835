import { becomeAdministrator, administrator } from "../support/people";
import { expect, signIn, test } from "../support/test";

test.use({ javaScriptEnabled: false });

test("without JavaScript: sign in, create a client, an alert, complete it", async ({ page, vigie, context }) => {
  await becomeAdministrator(page, vigie);
  await context.clearCookies();
  await signIn(page, administrator.email);

  await page.goto("/client/nouveau");
  await page.locator('[name="first_name"]').fill("Awa");
  await page.locator('[name="last_name"]').fill("N’Diaye");
  await page.locator('[name="email"], [name="emails"]').first().fill("pas une adresse");
  await page.getByRole("button", { name: /Créer|Enregistrer/ }).click();
  await expect(page.locator('[aria-invalid="true"]').first(), "a wrong address is named").toBeVisible();
  await expect(page.locator('[name="first_name"]'), "and nothing typed is lost").toHaveValue("Awa");
  await page.locator('[name="email"], [name="emails"]').first().fill("awa@exemple.fr");
  await page.getByRole("button", { name: /Créer|Enregistrer/ }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Awa N’Diaye");

  await page.getByRole("link", { name: /alerte/i }).filter({ hasText: /Nouvelle|Créer/ }).first().click();
  await page.getByLabel("Titre").fill("Rappeler");
  await page.getByLabel("Date").fill("2030-05-02");
  await page.getByLabel("Heure").fill("09:30");
  await page.getByRole("button", { name: /Créer/ }).click();
  await expect(page.locator("main")).toContainText("Rappeler");

  await page.goto("/client");
  await page.locator("tbody tr").first().getByRole("button", { name: "Notifier (Échec)" }).click();
  await expect(page.locator("tbody .pill-failure").first(), "a row's own buttons log a contact").toBeVisible();

  await page.goto("/alertes");
  await page.locator("tbody .row-link").first().click();
  await page.getByRole("button", { name: "Terminer" }).first().click();
  await expect(page.locator(".pill-done").first()).toBeVisible();
});
