import { ActionIcon } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Workspace } from "../api/types.ts";
import { lastUsed } from "../api/workspaces.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { IconFolder, IconPlayerPlay, IconUsers } from "../pieces/icons.ts";
import { useJobTypes } from "../pieces/job-types.ts";
import { may } from "../pieces/may.ts";
import { nameOfPerson } from "../pieces/person-name.ts";
import rows from "../pieces/rows.module.css";
import { StateChip } from "../pieces/state-chip.tsx";
import { When } from "../pieces/when.tsx";
import { useSize } from "../storage/use-size.ts";
import type { WorkspaceCard } from "./use-workspace-cards.ts";
import classes from "./workspaces.module.css";

interface WorkspaceTileProps {
  readonly card: WorkspaceCard;
  readonly look: "list" | "grid";
  onStart(workspace: Workspace): void;
}

/** One workspace: its name leads into it; how much it holds, what runs in it and who has it are seen at once. */
export function WorkspaceTile({ card, look, onStart }: WorkspaceTileProps) {
  const { t } = useTranslation();
  const { workspace } = card;
  const start = t("workspaces.startIn", { name: workspace.name });
  const unusual = workspace.status !== "idle" && workspace.status !== "active";
  return (
    <div className={`${classes.tile} ${look === "list" ? rows.row : ""}`} data-look={look}>
      <span className={classes.picture}>
        <IconFolder size={look === "grid" ? 26 : 22} stroke={1.75} aria-hidden="true" />
      </span>
      <div className={classes.names}>
        <Link
          to="/workspaces/$workspaceId"
          params={{ workspaceId: String(workspace.id) }}
          className={rows.link}
          dir="auto"
        >
          {workspace.name}
        </Link>
        <span className={rows.under} dir="auto">
          {workspace.description}
        </span>
      </div>
      <div className={classes.happening}>
        {unusual && <StateChip domain="workspace" state={workspace.status} />}
        <Running card={card} />
        <Given card={card} />
      </div>
      <Size card={card} />
      <span className={classes.when}>
        <When at={lastUsed(workspace)} />
      </span>
      <ActionIcon
        className={classes.start}
        aria-label={start}
        title={start}
        disabled={!may("workspace.start", workspace.status)}
        onClick={() => onStart(workspace)}
      >
        <IconPlayerPlay size={18} stroke={1.75} />
      </ActionIcon>
    </div>
  );
}

/** Pictures of what runs in it, each a way to it. */
function Running({ card: { running } }: { card: WorkspaceCard }) {
  const { t } = useTranslation();
  const { nameOf, iconOf } = useJobTypes();
  return running.slice(0, 3).map((session) => {
    const Picture = iconOf(session.job_type);
    const label = t("workspaces.runs", { type: nameOf(session.job_type) });
    return (
      <Link
        key={session.id}
        to="/sessions/$sessionId"
        params={{ sessionId: String(session.id) }}
        className={classes.running}
        title={label}
      >
        <Picture size={16} stroke={1.75} aria-hidden="true" />
        <span>{nameOf(session.job_type)}</span>
      </Link>
    );
  });
}

function Given({ card: { given } }: { card: WorkspaceCard }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  if (given.length === 0) return null;
  const names = [...new Set(given.map(({ receiver }) => nameOfPerson(receiver)))];
  const label = t("workspaces.sharedWith", { names: format.list(names.slice(0, 3)), count: names.length });
  return (
    <span className={classes.given} title={format.list(names)}>
      <IconUsers size={16} stroke={1.75} aria-hidden="true" />
      {label}
    </span>
  );
}

/** No bar: there is no limit that these files alone have. */
function Size({ card: { workspace } }: { card: WorkspaceCard }) {
  const { t } = useTranslation();
  const size = useSize();
  return (
    <span className={`${classes.room} tabular`}>{t("workspaces.filesSize", { size: size(workspace.disk_space) })}</span>
  );
}
