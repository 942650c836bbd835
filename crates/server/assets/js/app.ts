import * as Turbo from "@hotwired/turbo";
import { Application } from "@hotwired/stimulus";
import AutosubmitController from "./controllers/autosubmit";
import ClipboardController from "./controllers/clipboard";
import ColumnsController from "./controllers/columns";
import DatagridController from "./controllers/datagrid";
import DialogController from "./controllers/dialog";
import FormController from "./controllers/form";
import LiveController from "./controllers/live";
import MenuController from "./controllers/menu";
import NavController from "./controllers/nav";
import PaletteController from "./controllers/palette";
import RelativeTimeController from "./controllers/relative-time";
import ThemeController from "./controllers/theme";
import ToastController from "./controllers/toast";
import ToastsController from "./controllers/toasts";
import { confirmWithDialog } from "./lib/confirm";
import { installMorphGuard } from "./lib/morph-guard";

installMorphGuard();
Turbo.config.forms.confirm = confirmWithDialog;
// With "disabled" the button that was pressed would lose focus.
Turbo.config.forms.submitter = "aria-disabled";

const application = Application.start();
application.register("autosubmit", AutosubmitController);
application.register("clipboard", ClipboardController);
application.register("columns", ColumnsController);
application.register("datagrid", DatagridController);
application.register("dialog", DialogController);
application.register("form", FormController);
application.register("live", LiveController);
application.register("menu", MenuController);
application.register("nav", NavController);
application.register("palette", PaletteController);
application.register("relative-time", RelativeTimeController);
application.register("theme", ThemeController);
application.register("toast", ToastController);
application.register("toasts", ToastsController);
