import { mover, restorer, uploader } from "./actors/files.ts";
import { importer } from "./actors/imports.ts";
import { resumer } from "./actors/resumable.ts";
import { starterAndStopper } from "./actors/sessions.ts";
import { makerAndDeleter, sharer } from "./actors/workspaces.ts";
import type { Actor } from "./stage.ts";

/** Everybody who does something in a round. */
export const actors: Readonly<Record<string, Actor>> = {
  uploader,
  restorer,
  mover,
  resumer,
  makerAndDeleter,
  sharer,
  importer,
  starterAndStopper,
};
