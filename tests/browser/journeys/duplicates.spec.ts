import { demonstrate, password } from "../support/demo";
import { expect, signIn, test } from "../support/test";

// Issue 3, "How it is shown": merge then un-merge.
test("a double is found, merged field by field and parted again", async ({ page, vigie }) => {
  await signIn(page, await demonstrate(vigie), password);
  const make = async (city: string, email: string, anyway = false) => {
    await page.goto("/client/nouveau");
    await page.getByLabel("Prénom").fill("Zénobie");
    await page.getByLabel("Nom", { exact: true }).fill("Quatrebarbes");
    await page.getByLabel("Téléphone 1").fill("+33 6 98 76 54 32");
    await page.getByLabel("E-mail 1").fill(email);
    await page.getByLabel("Ville").fill(city);
    await page.getByRole("button", { name: "Enregistrer" }).click();
    if (anyway) {
      await expect(page.getByText("ressemble à une fiche")).toBeVisible();
      await page.getByRole("button", { name: "Créer quand même" }).click();
    }
    await expect(page.getByRole("heading", { level: 1, name: "Zénobie Quatrebarbes" })).toBeVisible();
    return new URL(page.url()).pathname;
  };
  const first = await make("Lyon", "zenobie@exemple.fr");
  const second = await make("Nantes", "z.quatrebarbes@exemple.fr", true);
  const id = (path: string) => path.split("/")[2];

  await test.step("someone says so: the pair is on the list", async () => {
    await page.request.post("/api/duplicates", {
      data: { client_id: id(first), other_id: id(second) },
      headers: { "sec-fetch-site": "same-origin", origin: new URL(page.url()).origin },
    });
    await page.goto("/client/doublons");
    const row = page.locator("tbody tr", { hasText: "Quatrebarbes" });
    await expect(row).toContainText("même téléphone");
    await row.getByRole("link", { name: /^Comparer/ }).click();
  });
  await test.step("side by side, chosen, previewed", async () => {
    await page.getByRole("radio", { name: "Nantes" }).check();
    await page.getByRole("button", { name: "Prévisualiser" }).click();
    await expect(page.locator("#city")).toHaveText("Nantes");
    await page.getByRole("button", { name: "Fusionner", exact: true }).click();
    await expect(page.locator(".toast")).toContainText("n’en font plus qu’une");
    await expect(page.getByText("z.quatrebarbes@exemple.fr")).toBeVisible();
    await expect(page.getByText("zenobie@exemple.fr", { exact: true })).toBeVisible();
  });
  const kept = new URL(page.url()).pathname;
  const gone = kept === first ? second : first;
  await test.step("the other's address leads there", async () => {
    await page.goto(gone);
    await expect(page).toHaveURL(kept);
  });
  await test.step("parted again from the history", async () => {
    await page.goto(`${kept}/historique`);
    await page.getByRole("button", { name: "Annuler la fusion" }).first().click();
    await expect(page.locator(".toast")).toContainText("La fusion est annulée");
    await expect(page).toHaveURL(gone);
    await page.goto(kept);
    await expect(page.getByText("Lyon").or(page.getByText("Nantes")).first()).toBeVisible();
    await page.goto("/client/doublons");
    await expect(page.locator("tbody tr", { hasText: "Quatrebarbes" })).toHaveCount(1);
  });
});
