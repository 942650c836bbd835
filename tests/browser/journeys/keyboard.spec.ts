import type { Page } from "@playwright/test";
import { demonstrate, password } from "../support/demo";
import { expect, signIn, test } from "../support/test";

// No pointer from the first to the last step: Tab, Enter, Space, and the keys the grid announces with "?".
test("by keyboard only: sign in, find a client, create an alert, complete it", async ({ page, vigie }) => {
  const owner = await demonstrate(vigie);
  await page.goto("/connexion");
  await reach(page, '[name="email"]');
  await page.keyboard.type(owner);
  await reach(page, '[name="password"]');
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/$/);

  await page.goto("/client/");
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip-link"), "the first stop leads past the menu").toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main"), "and there").toBeFocused();
  await page.keyboard.press("j");
  await expect(page.locator("tbody tr").first().locator(".row-link")).toBeFocused();
  await page.keyboard.press("x");
  await expect(page.locator("tbody tr").first().locator(".cell-tick input")).toBeChecked();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/client\/[0-9a-f-]{36}/);

  await reach(page, 'a[href*="/alertes/nouvelle"]');
  await page.keyboard.press("Enter");
  await reach(page, '[name="title"]');
  await page.keyboard.type("Au clavier");
  await reach(page, '[name="due_date"]');
  await page.keyboard.type("02052030");
  await reach(page, '[name="due_time"]');
  // Where the clock has twelve hours it asks which half; elsewhere the letters are ignored.
  await page.keyboard.type("0930AM");
  await reach(page, "dialog[open] .form-actions .btn-primary");
  await page.keyboard.press("Enter");
  await expect(page.locator("main")).toContainText("Au clavier");

  await page.goto("/alertes?q=Au+clavier");
  await reach(page, "tbody .row-link");
  await page.keyboard.press("Enter");
  await reach(page, 'form[action*="completion"] button, form[action*="terminer"] button');
  await page.keyboard.press("Enter");
  await expect(page.locator(".pill-done").first()).toBeVisible();
});

// A row's menu is made when it is asked for, from one template for all rows.
test("the menu of a row opens by mouse and by keyboard, and a column that was left out comes back", async ({ page, vigie }) => {
  await signIn(page, await demonstrate(vigie), password);
  await page.goto("/client/?sort=name");
  const row = page.locator("tbody tr").nth(1);
  const id = (await row.getAttribute("id"))?.replace("client-", "") ?? "";
  const button = row.locator(".row-menu");
  await expect(row.locator(".menu"), "nothing is written before it is asked for").toHaveCount(0);
  await button.click();
  const menu = row.locator(".menu");
  await expect(menu).toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await expect(menu.locator("a").first()).toHaveAttribute("href", `/client/${id}`);
  await expect(menu.locator("form").first()).toHaveAttribute("action", `/client/${id}/contact`);
  await expect(menu.getByRole("button", { name: "Désactiver" }), "one of the two, never both").toHaveCount(1);
  await expect(menu.getByRole("button", { name: "Activer", exact: true })).toHaveCount(0);
  const [box, anchor] = [await menu.boundingBox(), await button.boundingBox()];
  expect(Math.abs((box?.y ?? 0) - (anchor?.y ?? 0)), "it hangs from its button").toBeLessThan(600);
  await button.click();
  await expect(menu, "a second click closes it").toBeHidden();

  await button.focus();
  await page.keyboard.press("Enter");
  await expect(menu.locator(".menu-item").first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(menu.locator(".menu-item").nth(1)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button, "the focus goes back").toBeFocused();

  await page.getByRole("button", { name: "Colonnes" }).click();
  await page.getByLabel("Ville", { exact: true }).check();
  await expect(row.locator('td[data-column="city"]')).toBeVisible();
  await expect(page.locator("#clients-columns"), "the menu stays open").toBeVisible();
  await page.getByLabel("Ville", { exact: true }).uncheck();
  await expect(row.locator('td[data-column="city"]')).toBeHidden();

  await page.goto("/alertes?status=open");
  const alert = page.locator("tbody tr").first();
  await alert.locator(".row-link").focus();
  await page.keyboard.press("t");
  await expect(page.locator(".toast").first(), "its key works without the menu").toContainText(/terminée/i);
  await expect(page, "and one stays in the list").toHaveURL(/\/alertes\?status=open/);
});

// What happens elsewhere while a menu is open: it says what may be done once it is asked for again, and a
// row that left meanwhile leaves when it closes.
test("a row's menu follows its row, and silence of the server is said", async ({ page, vigie, context }) => {
  await signIn(page, await demonstrate(vigie), password);
  await page.goto("/client?sort=name&q=a");
  await expect(page.locator("[data-live-badge]")).toHaveAttribute("data-state", "live");
  const id = (await page.locator('tbody tr[data-is="active"]').first().getAttribute("id")) ?? "";
  const row = page.locator(`#${id}`);
  const other = await context.newPage();
  const press = async (name: string) => {
    await other.goto(`/client/${id.replace("client-", "")}`);
    await other.getByRole("button", { name: "Autres actions" }).click();
    await other.locator("#client-menu").getByRole("button", { name, exact: true }).click();
  };

  await row.locator(".row-menu").focus();
  await page.keyboard.press("Space");
  await expect(row.getByRole("button", { name: "Désactiver" }), "Space presses what is a button").toBeVisible();
  await press("Désactiver");
  await expect(row).toHaveAttribute("data-is", "inactive");
  await expect(row.locator(".menu"), "an open menu is left alone").toBeVisible();
  await page.keyboard.press("Escape");
  await row.locator(".row-menu").click();
  await expect(row.getByRole("button", { name: "Activer", exact: true })).toBeVisible();
  await expect(row.getByRole("button", { name: "Désactiver" })).toHaveCount(0);
  await row.getByRole("button", { name: "Activer", exact: true }).click();
  await expect(row, "and one stays in the list").toHaveAttribute("data-is", "active");
  await expect(page).toHaveURL(/sort=name&q=a/);

  await row.locator(".row-menu").click();
  await expect(row.locator(".menu")).toBeVisible();
  await press("Mettre à la corbeille");
  await expect(other).toHaveURL(/\/client\/?$/);
  await expect(page.locator("html")).not.toHaveAttribute("data-refreshing");
  await page.keyboard.press("Escape");
  await expect(row, "no ghost stays").toHaveCount(0);

  // In the other page: a browser without network complains in its console, and rightly.
  await other.goto("/client?sort=name");
  await other.locator("tbody .row-link").first().click();
  await expect(other).toHaveURL(/\/client\/[0-9a-f-]{36}/);
  await page.goto("about:blank");
  await context.setOffline(true);
  await other.getByRole("button", { name: "Notifier (Échec)" }).click();
  await expect(other.locator(".toast").first()).toContainText("Pas de réponse du serveur");
  await context.setOffline(false);
});

/// Tabs until `selector` has the focus, as a person would, and sees it; not for ever.
async function reach(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().waitFor({ state: "attached" });
  for (let presses = 0; presses < 150; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} cannot be reached with Tab`);
}
