import type { Command } from "commander";
import type { Context } from "../action.ts";
import { addImportCompanion } from "./import-companion.ts";
import { addImportPortal } from "./import-portal.ts";
import { addImportUws } from "./import-uws.ts";

/** `stoa import` */
export function addImport(program: Command, context: Context): void {
  const imports = program.command("import").description("Take over what another service kept");
  addImportUws(imports, context);
  addImportCompanion(imports, context);
  addImportPortal(imports, context);
}
