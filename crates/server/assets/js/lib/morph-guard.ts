// Decides what a morph may touch. A live refresh must never disturb someone at work: what they
// type, what they opened, what they ticked.

let live = false;
let submitted: HTMLFormElement | null = null;
/** Whether a live refresh left something as it was because someone had it open. */
let left = false;

/** Runs a morph that nobody asked for. */
export function liveMorph(morph: () => void): void {
  live = true;
  try {
    morph();
  } finally {
    live = false;
  }
}

export function installMorphGuard(): void {
  addEventListener("turbo:before-morph-element", (event) => {
    const { newElement } = (event as CustomEvent<{ newElement?: Element }>).detail;
    if (!(event.target instanceof Element) || !mustStay(event.target, !newElement)) return;
    event.preventDefault();
    left ||= live && event.target.matches(":popover-open, tr");
  });
  addEventListener("turbo:before-morph-attribute", (event) => {
    const { attributeName } = (event as CustomEvent<{ attributeName: string }>).detail;
    if (event.target instanceof Element && attributeStays(event.target, attributeName)) event.preventDefault();
  });
  // Once it is closed, the page catches up with what it missed.
  addEventListener(
    "toggle",
    (event) => {
      if (!left || (event as ToggleEvent).newState !== "closed") return;
      left = false;
      document.dispatchEvent(new Event("vigie:stale"));
    },
    true,
  );
  // What the person just sent is the server's now: its answer replaces the form, values included.
  addEventListener("turbo:submit-start", (event) => {
    const form = event.target as HTMLFormElement;
    submitted = form.method === "get" ? null : form;
  });
  addEventListener("turbo:load", () => (submitted = null));
  addEventListener("turbo:render", () => (submitted = null));
}

function mustStay(element: Element, removed: boolean): boolean {
  if (element.matches("[data-live-keep], :popover-open, dialog[open]")) return live || !contains(element, submitted);
  if (removed && element.matches(".toast")) return true;
  if (element instanceof HTMLFormElement) return isAtWork(element);
  if (isField(element) && element === document.activeElement && !ownForm(element)) return true;
  // A row that disappears takes with it neither an open menu nor a half-written form.
  return removed && live && isOccupied(element);
}

function attributeStays(element: Element, name: string): boolean {
  if (name === "open" && element instanceof HTMLDetailsElement) return true;
  if (isTick(element) && (name === "checked" || name === "value")) return true;
  // Forms are left alone as a whole; their outside members (form="…") one by one.
  if (name === "value" && isField(element) && element === document.activeElement) return true;
  return (element.getAttribute("data-live-keep-attributes") ?? "").split(" ").includes(name);
}

function contains(element: Element, form: Element | null): boolean {
  return form !== null && element.contains(form);
}

function isOccupied(element: Element): boolean {
  if (element.querySelector("[data-live-keep], :popover-open, dialog[open]")) return true;
  return [...element.querySelectorAll("form")].some(isAtWork);
}

/** Focus inside, values changed, or an error still to be corrected. */
export function isAtWork(form: HTMLFormElement): boolean {
  if (form === submitted) return false;
  if (isField(document.activeElement) && form.contains(document.activeElement)) return true;
  if (form.dataset["controller"]?.includes("autosubmit")) return false;
  if (live && form.querySelector('[aria-invalid="true"], .error-summary')) return true;
  return isDirty(form);
}

/** Whether a control's value differs from what the server rendered. */
export function isDirty(form: HTMLFormElement): boolean {
  return [...form.elements].some((control) => {
    if (isTick(control)) return false;
    if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
    if (control instanceof HTMLSelectElement) return selectIsDirty(control);
    if (!(control instanceof HTMLInputElement)) return false;
    if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
    if (control.type === "file") return (control.files?.length ?? 0) > 0;
    return control.type !== "hidden" && control.value !== control.defaultValue;
  });
}

function selectIsDirty(select: HTMLSelectElement): boolean {
  const options = [...select.options];
  // With nothing marked, the browser itself selects the first option.
  const marked = select.multiple || options.some((option) => option.defaultSelected);
  return marked ? options.some((option) => option.selected !== option.defaultSelected) : select.selectedIndex > 0;
}

function isTick(element: Element): boolean {
  return element.matches('[data-datagrid-target~="tick"], [data-datagrid-target~="all"], [data-datagrid-target~="scope"]');
}

function isField(element: Element | null): element is HTMLElement {
  if (element instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(element.type);
  return (
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLElement && element.isContentEditable)
  );
}

function ownForm(element: Element): HTMLFormElement | null {
  return element.closest("form");
}
