import { ChooseFolder } from "./choose-folder.tsx";
import { ExtractArchive } from "./extract-archive.tsx";
import type { FileAsk, FileVerbs } from "./file-asks.ts";
import { FileDetails } from "./file-details.tsx";
import { NewName } from "./new-name.tsx";
import { RenameFile } from "./rename-file.tsx";

interface FileDialogsProps {
  readonly workspaceId: number;
  readonly folder: string;
  readonly ask: FileAsk | null;
  readonly moveInto: FileVerbs["moveInto"];
  onClose(): void;
}

/** The one dialog that is open, if any. */
export function FileDialogs({ workspaceId, folder, ask, moveInto, onClose }: FileDialogsProps) {
  if (ask === null) return null;
  const common = { workspaceId, onClose };
  switch (ask.kind) {
    case "newFolder":
    case "newFile":
      return <NewName {...common} kind={ask.kind} folder={folder} />;
    case "rename":
      return <RenameFile {...common} entry={ask.entry} />;
    case "details":
      return <FileDetails {...common} entry={ask.entry} />;
    case "extract":
      return <ExtractArchive {...common} entry={ask.entry} />;
    default:
      return <ChooseFolder {...common} kind={ask.kind} paths={ask.paths} moveInto={moveInto} />;
  }
}
