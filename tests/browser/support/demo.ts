import { expect, type APIRequestContext, type Page } from "@playwright/test";
import type { Vigie } from "./vigie";
import type { Place } from "./pages";

/// Everyone's in the demonstration, and in these journeys.
export const password = "une-vigie-sur-la-dune-42";

const owner = "owner@demo.test";

/// Fills a Vigie with the demonstration company, small, and returns the address of its owner.
export async function demonstrate(vigie: Vigie, clients = 60): Promise<string> {
  await vigie.stopServing();
  await vigie.run(["demo", "--clients", String(clients)]);
  await vigie.serve();
  return owner;
}

/// A client and an alert of that company, for the pages of one.
export async function pathOf(place: Place, request: APIRequestContext): Promise<string> {
  const first = async (list: string): Promise<string> => {
    const answer = await request.get(list);
    expect(answer.ok(), `${list} answers`).toBe(true);
    return (await answer.json()).data[0].id;
  };
  let path = place.path;
  if (path.includes(":alert")) path = path.replace(":alert", await first("/api/alerts?limit=1"));
  if (path.includes(":order")) path = path.replace(":order", await first("/api/orders?limit=1&link=review"));
  if (path.includes(":client")) {
    const alert = await request.get("/api/alerts?limit=1");
    path = path.replace(":client", (await alert.json()).data[0].client_id);
  }
  return path;
}

export async function wear(page: Page, theme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
}

