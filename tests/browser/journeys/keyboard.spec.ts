import type { Page } from "@playwright/test";
import { demonstrate, password } from "../support/demo";
import { expect, test } from "../support/test";

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

/// Tabs until `selector` has the focus, as a person would, and sees it; not for ever.
async function reach(page: Page, selector: string): Promise<void> {
  await page.locator(selector).first().waitFor({ state: "attached" });
  for (let presses = 0; presses < 150; presses++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${selector} cannot be reached with Tab`);
}
