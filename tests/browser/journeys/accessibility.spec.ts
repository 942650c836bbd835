import { AxeBuilder } from "@axe-core/playwright";
import { demonstrate, password, pathOf, wear } from "../support/demo";
import { places } from "../support/pages";
import { expect, signIn, test } from "../support/test";

// WCAG 2.2 AA and axe's best practices, on every page, in both themes, wide and narrow.
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

test("axe finds nothing on any page, in both themes", async ({ page, vigie, browser }) => {
  test.setTimeout(600_000);
  const owner = await demonstrate(vigie);
  const stranger = await (await browser.newContext({ baseURL: vigie.url })).newPage();
  await signIn(page, owner, password);
  const found: string[] = [];
  for (const place of places) {
    const looked = place.stranger ? stranger : page;
    await looked.goto(await pathOf(place, page.request));
    for (const theme of ["light", "dark"] as const) {
      await wear(looked, theme);
      for (const width of [1440, 390]) {
        await looked.setViewportSize({ width, height: 900 });
        const { violations } = await new AxeBuilder({ page: looked }).withTags(rules).analyze();
        for (const { id, help, nodes } of violations) {
          const where = nodes.slice(0, 2).map((node) => node.target.join(" "));
          found.push(`${place.name} ${theme} ${width}: ${id} (${help}) ${where.join(", ")}`);
        }
      }
    }
  }
  await stranger.context().close();
  expect(found).toEqual([]);
});
