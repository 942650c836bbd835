/** Runs `change`, then gives focus back if the element that had it was replaced. */
export function keepingFocus(change: () => void): void {
  const before = document.activeElement;
  const way = before instanceof HTMLElement && before !== document.body ? wayTo(before) : null;
  change();
  if (!way || document.activeElement === before) return;
  way()?.focus({ preventScroll: true });
}

/** How to find an element again: by its id, or by its place in the nearest ancestor with one. */
function wayTo(element: HTMLElement): () => HTMLElement | null {
  if (element.id) return () => document.getElementById(element.id);
  const anchor = element.closest("[id]");
  const index = focusables(anchor ?? document.body).indexOf(element);
  return () => {
    if (element.isConnected) return element;
    const place = anchor ? document.getElementById(anchor.id) : document.body;
    return place ? (focusables(place)[index] ?? null) : null;
  };
}

export function focusables(root: ParentNode): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, summary, [tabindex]")];
}

/** Whether keys belong to a field, or to something open above the page. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (document.querySelector("dialog[open], :popover-open")) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}
