import type { Page } from "@playwright/test";
import { demonstrate, password } from "../support/demo";
import { expect, signIn, test } from "../support/test";

// Issue 3, "How it is shown": one click, every open page, undo.
test("one click logs a contact on every open page, and is undone", async ({ page, vigie, context }) => {
  await signIn(page, await demonstrate(vigie), password);
  await page.goto("/client/?sort=name");
  const row = page.locator("tbody tr").first();
  const name = (await row.locator(".row-link").innerText()).trim();
  const href = (await row.locator(".row-link").getAttribute("href")) ?? "";
  const before = (await row.locator('[data-column="contact"] .pill').innerText()).trim();

  const other = await context.newPage();
  await other.goto(href);
  await expect(other.locator("[data-live-badge]")).toHaveAttribute("data-state", "live");
  await expect(page.locator("[data-live-badge]")).toHaveAttribute("data-state", "live");

  await test.step("in the list, by the row's menu", async () => {
    await row.locator(".row-menu").click();
    await row.getByRole("button", { name: "Notifier (Échec)" }).click();
    await expect(toast(page)).toContainText("Tentative enregistrée · Échec");
    await expect(row.locator('[data-column="contact"] .pill-failure')).toBeVisible();
    await expect(page).toHaveURL(/sort=name/);
  });
  await test.step("the client's page, open elsewhere, shows it by itself", async () => {
    await expect(other.locator(".client-actions .pill-failure")).toBeVisible();
  });
  await test.step("the channel is said afterwards", async () => {
    await toast(page).getByRole("button", { name: "Changer le canal" }).click();
    await toast(page).getByRole("button", { name: "WhatsApp" }).click();
    await expect(toast(page)).toContainText("Canal enregistré · WhatsApp");
  });
  await test.step("it is undone from the toast, everywhere", async () => {
    await toast(page).getByRole("button", { name: "Annuler" }).click();
    await expect(toast(page)).toContainText("Tentative annulée");
    await expect(row.locator('[data-column="contact"] .pill')).toHaveText(before);
    await expect(other.locator(".client-actions > .pill")).toContainText(before);
  });
  await test.step("on the client's page, one click; the tab keeps it", async () => {
    await other.getByRole("button", { name: "Notifier (Succès)" }).click();
    await expect(other.locator(".client-actions .pill-success")).toBeVisible();
    await expect(toast(other)).toContainText("WhatsApp");
    await other.locator('a[href^="/client/"][href$="/contacts"]').first().click();
    await expect(other.locator("#client-contacts tbody tr").first()).toContainText("WhatsApp");
    await expect(row.locator('[data-column="contact"] .pill-success'), `${name} in the list`).toBeVisible();
  });
});

test("by keyboard only: contacts are logged in the list and on the client's page", async ({ page, vigie }) => {
  await signIn(page, await demonstrate(vigie), password);
  await page.goto("/client/?sort=name");
  await page.keyboard.press("j");
  const row = page.locator("tbody tr").first();
  await expect(row.locator(".row-link")).toBeFocused();
  await page.keyboard.press("n");
  await expect(row.locator('[data-column="contact"] .pill-failure')).toBeVisible();
  await expect(row.locator(".row-link"), "the row keeps the focus").toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/client\/[0-9a-f-]{36}/);
  await page.keyboard.press("s");
  await expect(page.locator(".client-actions .pill-success")).toBeVisible();
  // The toast's undo is a button like another.
  await page.locator(".toast form .toast-action").first().focus();
  await page.keyboard.press("Enter");
  await expect(toast(page)).toContainText("Tentative annulée");
  await expect(page.locator(".client-actions .pill-failure")).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("contacts are logged, undone and listed", async ({ page, vigie }) => {
    await signIn(page, await demonstrate(vigie), password);
    await page.goto("/client/?sort=name");
    await page.locator("tbody .row-link").first().click();
    const before = (await page.locator(".client-actions > .pill").innerText()).trim();
    await page.getByRole("button", { name: "Notifier (Succès)" }).click();
    await expect(page.locator(".client-actions .pill-success")).toBeVisible();
    await expect(toast(page)).toContainText("Tentative enregistrée · Succès");
    await toast(page).getByRole("button", { name: "Annuler" }).click();
    await expect(page.locator(".client-actions > .pill")).toHaveText(before);
    await page.getByRole("button", { name: "Notifier (Échec)" }).click();
    await expect(page.locator(".client-actions .pill-failure")).toBeVisible();
    await page.goto("/contacts?period=today");
    await expect(page.locator("tbody .pill-failure").first()).toBeVisible();
  });
});

const toast = (page: Page) => page.locator(".toast").last();
