import { Controller } from "@hotwired/stimulus";
import { post } from "../lib/post";

/** Folds the sidebar to a rail and remembers it. */
export default class NavController extends Controller<HTMLElement> {
  static override values = { url: String };
  static override targets = ["button"];
  declare readonly urlValue: string;
  declare readonly buttonTargets: HTMLElement[];

  toggle(event: Event): void {
    event.preventDefault();
    event.stopImmediatePropagation();
    const root = document.documentElement;
    const nav = root.dataset["nav"] === "collapsed" ? "open" : "collapsed";
    root.dataset["nav"] = nav;
    for (const button of this.buttonTargets) button.setAttribute("aria-expanded", String(nav === "open"));
    void post(this.urlValue, { nav });
  }
}
