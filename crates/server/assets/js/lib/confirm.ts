/** Asks in the house's dialog (`#confirm`), for forms and links with `data-turbo-confirm`. */
export function confirmWithDialog(
  message: string,
  element?: HTMLElement,
  submitter?: HTMLElement | null,
): Promise<boolean> {
  const dialog = document.querySelector<HTMLDialogElement>("#confirm");
  if (!dialog) return Promise.resolve(window.confirm(message));
  const label = submitter?.dataset["confirmLabel"] ?? element?.dataset["confirmLabel"];
  const accept = dialog.querySelector<HTMLButtonElement>('[value="yes"]');
  const text = dialog.querySelector("[data-confirm-message]");
  if (text) text.textContent = message;
  const usual = accept?.textContent ?? "";
  if (accept && label) accept.textContent = label;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        if (accept) accept.textContent = usual;
        resolve(dialog.returnValue === "yes");
      },
      { once: true },
    );
  });
}
