import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { demonstrate, password, pathOf, wear } from "../support/demo";
import { places } from "../support/pages";
import { expect, signIn, test } from "../support/test";
import { root } from "../support/vigie";

const widths = [1440, 768, 390];

test("every page", async ({ page, vigie, browser }) => {
  const folder = process.env.PICTURES ?? "/tmp/vigie-pictures";
  mkdirSync(folder, { recursive: true });
  await signIn(page, await demonstrate(vigie, 400), password);
  const stranger = await (await browser.newContext({ baseURL: vigie.url })).newPage();
  for (const place of places) {
    const looked = place.stranger ? stranger : page;
    await looked.goto(await pathOf(place, page.request));
    for (const theme of ["light", "dark"] as const) {
      await wear(looked, theme);
      for (const width of widths) {
        await looked.setViewportSize({ width, height: width === 390 ? 844 : 940 });
        const wider = await looked.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wider > 0) console.log(`${place.name} at ${width} px is ${wider} px too wide`);
        await looked.screenshot({ path: join(folder, `${place.name}-${width}-${theme}.png`) });
      }
    }
  }
  await stranger.context().close();
});

test("the README's two", async ({ page, vigie }) => {
  await signIn(page, await demonstrate(vigie, 2_000), password);
  await page.setViewportSize({ width: 1440, height: 800 });
  await wear(page, "light");

  await page.goto("/client/?sort=next_alert");
  for (const n of [0, 1, 2]) await page.locator("tbody .cell-tick input").nth(n).check({ force: true });
  await picture("clients.png");

  const due = await (await page.request.get("/api/alerts?status=due&priority=high&limit=1")).json();
  await page.goto(`/alertes/${due.data[0].id}`);
  await picture("alerte.png");

  async function picture(name: string): Promise<void> {
    const path = join(root, "docs/images", name);
    await page.waitForTimeout(300);
    await page.screenshot({ path });
    expect(statSync(path).size, `${name} is small`).toBeLessThanOrEqual(200_000);
  }
});
