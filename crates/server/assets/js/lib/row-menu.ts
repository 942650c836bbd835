/** The menu of a row, made from the grid's template each time it is asked for: what may be done changes with the row. */
export function menuOf(row: HTMLElement, template: HTMLTemplateElement): HTMLElement | null {
  const link = row.querySelector<HTMLElement>("a.row-menu");
  const there = link?.parentElement?.querySelector<HTMLElement>(":scope > .menu");
  if (!link || there?.matches(":popover-open")) return there ?? null;
  there?.remove();
  const menu = template.content.firstElementChild?.cloneNode(true) as HTMLElement;
  const id = row.id.slice(row.id.indexOf("-") + 1);
  const is = (row.dataset["is"] ?? "").split(" ");
  for (const item of menu.querySelectorAll<HTMLElement>("[data-when]")) {
    if (!is.includes(item.dataset["when"] ?? "")) item.remove();
  }
  for (const item of menu.querySelectorAll("[href], [action], [value]")) {
    for (const name of ["href", "action", "value"]) fill(item, name, id);
  }
  menu.id = `menu-${id}`;
  hang(menu, link);
  link.after(menu);
  return menu;
}

/** Opens the menu beside its link, or closes it. */
export function toggleMenu(menu: HTMLElement, link: HTMLElement, wasOpen: boolean): void {
  if (wasOpen || menu.matches(":popover-open")) {
    menu.hidePopover();
    return;
  }
  // One row at a time has the anchor: the last one whose menu was asked for.
  for (const other of document.querySelectorAll<HTMLElement>(`a.row-menu[aria-controls]`)) {
    other.style.removeProperty("anchor-name");
  }
  link.style.setProperty("anchor-name", "--row-menu");
  menu.showPopover();
}

function fill(item: Element, name: string, id: string): void {
  const value = item.getAttribute(name);
  if (!value?.includes("{")) return;
  // By a function: an address may hold what a replacement would take for a pattern.
  const here = (): string => location.pathname + location.search;
  item.setAttribute(name, value.replace("{id}", id).replace("{back}", here));
}

/** What a `popovertarget` would do by itself: the browser knows where the menu belongs. */
function hang(menu: HTMLElement, link: HTMLElement): void {
  link.setAttribute("role", "button");
  link.setAttribute("aria-controls", menu.id);
  link.setAttribute("aria-expanded", "false");
  // A live refresh leaves an open menu where it is, and so must it leave what the menu hangs from.
  link.setAttribute("data-live-keep-attributes", "data-live-keep-attributes role aria-controls aria-expanded style");
  menu.style.setProperty("position-anchor", "--row-menu");
  menu.addEventListener("toggle", (event) => {
    link.setAttribute("aria-expanded", String((event as ToggleEvent).newState === "open"));
  });
}
