import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import type { Workspace } from "../api/types.ts";
import { workspaceHistoryQuery } from "../api/workspaces.ts";
import { Section } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { When } from "../pieces/when.tsx";
import { tellChange } from "./tell-change.ts";
import classes from "./workspace-page.module.css";

/** The last things that were done to this workspace. */
export function WorkspaceHistory({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const history = useInfiniteQuery(workspaceHistoryQuery(workspace.id));
  const lines = history.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={t("happened.title")}>
      {history.isPending && <RowsLoading rows={3} height={28} />}
      {shownError(history) !== null && <ReasonCard error={history.error} onRetry={() => void history.refetch()} />}
      {history.data && lines.length === 0 && <p className="quiet">{t("happened.nothing")}</p>}
      <ol className={classes.history}>
        {lines.map((line) => (
          <li key={line.id}>
            <span>{tellChange(t, line)}</span>
            <span className="quiet small">
              <When at={line.at} />
            </span>
          </li>
        ))}
      </ol>
      {history.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-sm"
          loading={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </Section>
  );
}
