/** A file on its way up, with its place below the folder it was dropped on. */
export interface DroppedFile {
  /** "photos/a.png" when the folder "photos" was dropped. */
  readonly path: string;
  readonly file: File;
}

export interface Dropped {
  readonly files: readonly DroppedFile[];
  /** Folders without anything in them: they are made as they are. */
  readonly emptyFolders: readonly string[];
}

/**
 * Files and folders, however deep. Must be called in the drop event itself: the browser takes the list away after it.
 */
export function readDrop(transfer: DataTransfer): Promise<Dropped> {
  const entries = [...transfer.items]
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (entries.length === 0) {
    return Promise.resolve({ files: [...transfer.files].map(asDropped), emptyFolders: [] });
  }
  return readEntries(entries);
}

/** What an input gave; one for folders tells where in them each file is. */
export const asDropped = (file: File): DroppedFile => ({ path: file.webkitRelativePath || file.name, file });

async function readEntries(entries: readonly FileSystemEntry[]): Promise<Dropped> {
  const files: DroppedFile[] = [];
  const emptyFolders: string[] = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry !== undefined; entry = waiting.shift()) {
    const path = entry.fullPath.replace(/^\//, "");
    if (isFile(entry)) files.push({ path, file: await fileOf(entry) });
    else if (isFolder(entry)) {
      const children = await childrenOf(entry);
      if (children.length === 0) emptyFolders.push(path);
      waiting.push(...children);
    }
  }
  return { files, emptyFolders };
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const fileOf = (entry: FileSystemFileEntry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** A reader gives a hundred at a time, and an empty answer at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
