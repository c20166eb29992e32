import { type FilesOf, isPast } from "../../api/files.ts";

/** What a workspace's address says besides: the moment that is looked back at, the folder, and the file over it. */
export const placeSearch = (of: FilesOf, folder: string, file?: string) => ({
  ...(isPast(of) ? { at: of.at } : {}),
  ...(folder === "" ? {} : { path: folder }),
  ...(file === undefined ? {} : { file }),
});
