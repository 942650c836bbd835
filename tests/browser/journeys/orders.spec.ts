import { demonstrate, password } from "../support/demo";
import { expect, signIn, test } from "../support/test";

// Issue 3, "How it is shown": import of orders, then review, then link.
test("a file of orders is imported, reviewed from the keyboard and linked", async ({ page, vigie }) => {
  await signIn(page, await demonstrate(vigie), password);
  const headers = { Origin: vigie.url };
  const made = await page.request.post("/api/clients", {
    headers,
    data: { first_name: "Zita", last_name: "Quellec", email: "zita@quellec.test", phone: "06 98 76 54 32" },
  });
  expect(made.ok(), await made.text()).toBe(true);
  const twin = await page.request.post("/api/clients", { headers, data: { first_name: "Zita", last_name: "Quellec" } });
  expect(twin.ok(), await twin.text()).toBe(true);

  await test.step("the columns are guessed, looked at and imported", async () => {
    await page.goto("/commandes");
    await page.getByRole("link", { name: "Importer" }).first().click();
    const file = [
      "order_id,client_name,email,phone,montant,statut",
      "W-1,Zita Quellec,zita@quellec.test,,\"120,50\",confirmée",
      "W-2,Zita Quellec,,,30,en attente",
      "W-3,Quellec Zita,,,31,en attente",
      "W-4,Nobody Known,,bonjour,1,confirmée",
    ].join("\n");
    await page.setInputFiles("#file", { name: "commandes.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
    await page.getByRole("button", { name: "Continuer" }).click();
    await expect(page.locator("#map_0")).toHaveValue("number");
    await expect(page.locator("#map_4")).toHaveValue("price");
    await page.getByRole("button", { name: "Vérifier à blanc" }).click();
    await page.getByRole("button", { name: /Importer/ }).click();
    await expect(page.getByRole("link", { name: "Voir les commandes" })).toBeVisible();
    await expect(page.getByText("Ce n’est pas un numéro de téléphone.")).toBeVisible();
  });
  await test.step("what is sure is linked by itself, with its reason", async () => {
    await page.goto("/commandes?q=W-1");
    await expect(page.locator("#orders-table .pill-green").first()).toContainText("Rattachée");
    await page.getByRole("link", { name: "W-1", exact: true }).click();
    await expect(page.getByText("même adresse e-mail, même nom")).toBeVisible();
  });
  await test.step("what is not waits in the queue, and is answered from the keyboard", async () => {
    await page.goto("/commandes?q=W-2");
    await page.getByRole("link", { name: "W-2", exact: true }).click();
    await page.goto("/commandes/a-verifier");
    const title = page.locator("form[data-controller=review] .review-asked strong");
    for (let n = 0; n < 200 && !(await title.innerText()).startsWith("W-2"); n++) {
      const before = await title.innerText();
      await page.keyboard.press("s");
      await expect(title).not.toHaveText(before);
    }
    await expect(title).toHaveText("W-2");
    await page.keyboard.press("2");
    await expect(page.locator("input[name=client]").nth(1)).toBeChecked();
    await page.keyboard.press("a");
    await expect(page.locator("#toasts")).toContainText("Commande W-2 rattachée à Zita Quellec");
  });
  await test.step("the answer is undone from the toast", async () => {
    await page.locator("#toasts").getByRole("button", { name: "Annuler" }).click();
    await expect(page.locator("#toasts")).toContainText("réexaminée");
    await expect(page.locator(".page-actions .pill-amber")).toContainText("À vérifier");
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the queue is answered by a plain form", async ({ page, vigie }) => {
    await signIn(page, await demonstrate(vigie), password);
    await page.goto("/commandes/a-verifier");
    const number = await page.locator("form .review-asked strong").innerText();
    await page.getByRole("button", { name: "Aucun de ces clients" }).click();
    await expect(page.locator(".toast").first()).toContainText(`Commande ${number} laissée sans client`);
  });
});
