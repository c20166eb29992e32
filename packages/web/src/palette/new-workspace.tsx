import { CreateWorkspace } from "../workspaces/create-workspace.tsx";

/** The dialog for a new workspace, over whatever page one is on. */
export function NewWorkspace({ onClose }: { onClose: () => void }) {
  return <CreateWorkspace opened onClose={onClose} />;
}
