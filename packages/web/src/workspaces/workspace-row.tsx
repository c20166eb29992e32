import { Link } from "@tanstack/react-router";
import type { Workspace } from "../api/types.ts";
import { lastUsed } from "../api/workspaces.ts";
import { IconFolder } from "../pieces/icons.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { useSize } from "../storage/use-size.ts";

/** One workspace in a list: name, what it is for, state, size, last use. */
export function WorkspaceRow({ workspace }: { workspace: Workspace }) {
  const size = useSize();
  return (
    <li className={rows.row}>
      <IconFolder size={20} stroke={1.75} aria-hidden="true" className={rows.icon} />
      <div className={rows.main}>
        <Link
          to="/workspaces/$workspaceId"
          params={{ workspaceId: String(workspace.id) }}
          className={rows.link}
          dir="auto"
        >
          {workspace.name}
        </Link>
        {workspace.description && (
          <span className={rows.under} dir="auto">
            {workspace.description}
          </span>
        )}
      </div>
      <div className={rows.end}>
        <span className={rows.date}>
          <When at={lastUsed(workspace)} />
        </span>
        <span className={`${rows.size} tabular`}>{size(workspace.disk_space)}</span>
        <span className={rows.state}>
          <StateChip domain="workspace" state={workspace.status} />
        </span>
      </div>
    </li>
  );
}
