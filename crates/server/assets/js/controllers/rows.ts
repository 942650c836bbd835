import { Controller } from "@hotwired/stimulus";

/** A repeated field: one spare row instead of several, and a button for more. */
export default class RowsController extends Controller<HTMLElement> {
  static override targets = ["row", "add"];
  static override values = { label: String };
  declare readonly rowTargets: HTMLInputElement[];
  declare readonly addTarget: HTMLButtonElement;
  declare readonly labelValue: string;

  override connect(): void {
    for (const row of this.rowTargets.slice(1)) if (row.value === "") row.remove();
    this.addTarget.hidden = false;
  }

  add(): void {
    const last = this.rowTargets.at(-1);
    if (!last) return;
    const empty = this.rowTargets.find((row) => row.value === "");
    if (empty) {
      empty.focus();
      return;
    }
    const row = last.cloneNode() as HTMLInputElement;
    const number = String(this.rowTargets.length + 1);
    row.id = `${last.name}-row-${number}`;
    row.value = "";
    row.defaultValue = "";
    row.removeAttribute("aria-invalid");
    row.setAttribute("aria-label", this.labelValue.replace("{n}", number));
    last.after(row);
    row.focus();
  }
}
