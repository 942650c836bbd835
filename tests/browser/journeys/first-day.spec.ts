import { join } from "node:path";
import type { Page } from "@playwright/test";
import { administrator, becomeAdministrator } from "../support/people";
import { expect, test } from "../support/test";
import { root } from "../support/vigie";

// The whole of part A in one day: issue 2, "How it is shown", 1.
test("from the first administrator to the completed alert", async ({ page, vigie, context }) => {
  test.setTimeout(180_000);
  await test.step("the first administrator follows the printed link", () => becomeAdministrator(page, vigie));
  await test.step("imports 2,000 clients", () => importClients(page));
  await test.step("finds them with and without accents", async () => {
    await findsTheSame(page, "helene", "Hélène");
    await findsTheSame(page, "traore", "Traoré");
  });

  const ticked = await test.step("ticks three", () => tickThree(page));
  await test.step("gives them an alert due in a minute", () => alertOnTicked(page));
  await test.step("each of the three has it", async () => {
    await page.goto("/alertes");
    for (const name of ticked) await expect(page.locator("tbody")).toContainText(name);
    await expect(page.locator("tbody .pill-in-progress")).toHaveCount(3);
  });

  // The page stays open: nobody reloads it from here on.
  const other = await context.newPage();
  await other.goto("/alertes");
  const mark = await stayed(other);
  vigie.advance(90);
  await test.step("the mail is received", async () => {
    await expect.poll(() => vigie.mailbox.to(administrator.email).filter(isAboutTheAlert).length, { timeout: 15_000 }).toBe(3);
  });
  await test.step("the status turns on the open page", async () => {
    await expect(other.locator("tbody .pill-due, tbody .pill-overdue")).toHaveCount(3);
    expect(await mark(), "without a reload").toBe(true);
  });

  await test.step("completes one, and finds all of it in its history", async () => {
    await other.locator("tbody tr", { hasText: ticked[0] }).locator(".row-link").first().click();
    await other.getByRole("button", { name: "Terminer" }).first().click();
    await expect(other.locator(".pill-done").first()).toBeVisible();
    const history = other.locator("main");
    for (const fact of [/planifiée|créée/i, /échéance/i, /terminée/i]) await expect(history).toContainText(fact);
  });
  await test.step("the first page learned of it too", async () => {
    // It lists what is left to do.
    await expect(page.locator("tbody tr")).toHaveCount(2);
  });
});

/// 2,000 clients as people have them: families that share a phone, homonyms, gaps.
const clients = join(root, "tests/linkage-dev/clients.csv");

const title = "Contrat à renouveler";

function isAboutTheAlert(mail: { subject?: string; text?: string }): boolean {
  return `${mail.subject} ${mail.text}`.includes(title);
}

async function importClients(page: Page): Promise<void> {
  await page.goto("/client/importer");
  await page.locator('input[type="file"]').setInputFiles(clients);
  await page.getByRole("button", { name: "Continuer" }).click();
  await expect(page).toHaveURL(/\/client\/importer\/.+/);
  await page.getByRole("button", { name: /Vérifier/ }).click();
  await expect(page).toHaveURL(/\/operations\/.+/);
  // Columns nobody prepared Vigie for are guessed; the dry run says what would come of it, by itself.
  await page.getByRole("button", { name: /Importer/ }).click({ timeout: 60_000 });
  await expect(page.getByRole("link", { name: "Voir les clients" })).toBeVisible({ timeout: 60_000 });
  await expect(page.locator(".outcome .figure-value").first()).toHaveText(/^2.000$/);
  await page.goto("/client/");
  await expect(page.locator(".pagination")).toContainText(/2.000/);
}

/// Types `plain`, then `accented`: the same people answer, and there are some.
async function findsTheSame(page: Page, plain: string, accented: string): Promise<void> {
  await page.goto("/client/");
  const names = page.locator("tbody .row-link");
  const search = page.locator("#clients-q");
  await search.fill(plain);
  await expect(page).toHaveURL(new RegExp(`q=${plain}`));
  await expect(names.first()).toContainText(new RegExp(`${plain}|${accented}`, "i"));
  const found = await names.allTextContents();
  await search.fill(accented);
  await expect(page).toHaveURL(new RegExp(`q=${encodeURIComponent(accented)}`));
  await expect(names).toHaveText(found);
}

async function tickThree(page: Page): Promise<string[]> {
  await page.goto("/client/");
  const rows = page.locator("tbody tr");
  const names: string[] = [];
  for (const n of [0, 1, 2]) {
    await rows.nth(n).locator(".cell-tick input").check({ force: true });
    names.push((await rows.nth(n).locator(".row-link").innerText()).trim());
  }
  await expect(page.locator("#clients-bulk .bulk-count")).toContainText("3");
  return names;
}

async function alertOnTicked(page: Page): Promise<void> {
  await page.locator("#clients-bulk").getByRole("button", { name: /alerte/i }).click();
  await page.getByLabel("Titre").fill(title);
  const due = new Date(Date.now() + 60_000);
  await page.getByLabel("Date").fill(parisDate(due));
  await page.getByLabel("Heure").fill(parisTime(due));
  await page.getByRole("button", { name: /Créer/ }).click();
  await expect(page.locator(".toast, .notice").first()).toContainText(/3/);
}

const parisDate = (at: Date): string => at.toLocaleDateString("sv-SE", { timeZone: "Europe/Paris" });
const parisTime = (at: Date): string => at.toLocaleTimeString("sv-SE", { timeZone: "Europe/Paris" }).slice(0, 5);

/// Marks the page's window; the answer tells whether it is still the same one.
async function stayed(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => ((window as unknown as { here: boolean }).here = true));
  return () => page.evaluate(() => (window as unknown as { here?: boolean }).here === true);
}
