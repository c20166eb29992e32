/** What rows are dragged as: only our own pages know this kind. */
export const draggedKind = "application/x-stoa-files";

interface Dragged {
  readonly workspaceId: number;
  readonly paths: readonly string[];
}

export const writeDragged = (transfer: DataTransfer, dragged: Dragged): void => {
  transfer.setData(draggedKind, JSON.stringify(dragged));
  transfer.effectAllowed = "copyMove";
};

/** The dragged paths, when they are of this workspace and could go into `folder`: not into themselves or their own place. */
export function readDragged(transfer: DataTransfer, workspaceId: number, folder: string): readonly string[] {
  let dragged: unknown;
  try {
    dragged = JSON.parse(transfer.getData(draggedKind));
  } catch {
    return [];
  }
  if (!isDragged(dragged) || dragged.workspaceId !== workspaceId) return [];
  return dragged.paths.filter((path) => canMoveInto(path, folder));
}

/** A folder never goes into itself or below; what already stands there stays. */
export function canMoveInto(path: string, folder: string): boolean {
  if (path === folder || folder.startsWith(`${path}/`)) return false;
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))) !== folder;
}

function isDragged(value: unknown): value is Dragged {
  if (typeof value !== "object" || value === null) return false;
  const { workspaceId, paths } = value as Partial<Record<keyof Dragged, unknown>>;
  return (
    typeof workspaceId === "number" &&
    Array.isArray(paths) &&
    paths.every((path): path is string => typeof path === "string")
  );
}
