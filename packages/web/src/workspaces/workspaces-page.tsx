import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import type { Workspace } from "../api/types.ts";
import { workspacesQuery } from "../api/workspaces.ts";
import { Empty } from "../pieces/empty.tsx";
import { IconPlus, IconSearch } from "../pieces/icons.ts";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import rows from "../pieces/rows.module.css";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { CreateWorkspace } from "./create-workspace.tsx";
import { OfferedShares } from "./sharing/offered.tsx";
import { WorkspaceRow } from "./workspace-row.tsx";

/** Shown at once; more by a click, so that ten thousand rows don't stall the page. */
const step = 100;

export function WorkspacesPage() {
  const { t } = useTranslation();
  const [creating, setCreating] = useState(false);
  const [text, setText] = useState("");
  const [shown, setShown] = useState(step);
  const wanted = useDeferredValue(text);
  const workspaces = useQuery(workspacesQuery);
  const found = (workspaces.data ?? []).filter((one) => matches(one, wanted));

  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setCreating(true)}>
      {t("workspaces.new")}
    </Button>
  );
  return (
    <Page title={t("workspaces.title")} action={create}>
      <OfferedShares />
      {workspaces.isPending && <RowsLoading rows={6} />}
      {shownError(workspaces) !== null && (
        <ReasonCard error={workspaces.error} onRetry={() => void workspaces.refetch()} />
      )}
      {workspaces.data && workspaces.data.length === 0 && (
        <Empty title={t("workspaces.empty")} text={t("workspaces.emptyText")} />
      )}
      {workspaces.data && workspaces.data.length > 0 && (
        <>
          <div className={rows.filters}>
            <TextInput
              className="grow"
              type="search"
              aria-label={t("workspaces.searchLabel")}
              placeholder={t("workspaces.searchLabel")}
              leftSection={<IconSearch size={16} aria-hidden="true" />}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <span className="quiet" role="status">
              {t("workspaces.count", { count: found.length })}
            </span>
            <Link to="/trash">{t("trash.link")}</Link>
          </div>
          {found.length === 0 && (
            <Empty title={t("workspaces.noMatch")} text={t("workspaces.noMatchText", { text: wanted })} />
          )}
          <ul className={rows.rows}>
            {found.slice(0, shown).map((workspace) => (
              <WorkspaceRow key={workspace.id} workspace={workspace} />
            ))}
          </ul>
          {found.length > shown && (
            <Button variant="subtle" onClick={() => setShown(shown + step)}>
              {t("common.more")}
            </Button>
          )}
        </>
      )}
      <CreateWorkspace opened={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}

function matches({ name, description }: Workspace, text: string): boolean {
  const wanted = text.trim().toLocaleLowerCase();
  return wanted === "" || `${name}\n${description}`.toLocaleLowerCase().includes(wanted);
}
