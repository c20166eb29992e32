import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { shownError } from "../../api/query-trouble.ts";
import { workspaceSharesQuery } from "../../api/shares.ts";
import type { Workspace } from "../../api/types.ts";
import { Hint } from "../../pieces/hint.tsx";
import { Section } from "../../pieces/page.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { ShareRow } from "./share-row.tsx";

/** Who else has this workspace. */
export function ShareSection({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const shares = useInfiniteQuery({
    ...workspaceSharesQuery(workspace.id),
    // Events tell of its end; how far it is has to be asked.
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.items.some(({ state }) => state === "copying")) ? 2_000 : false,
  });
  const items = shares.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      id="sharing"
      title={t("sharing.title")}
      hint={<Hint about={t("sharing.title")}>{t("help.means.share")}</Hint>}
    >
      {shares.isPending && <RowsLoading rows={1} />}
      {shownError(shares) !== null && <ReasonCard error={shares.error} onRetry={() => void shares.refetch()} />}
      {shares.data && items.length === 0 && <p className="quiet">{t("sharing.nobody")}</p>}
      <ul className={rows.rows}>
        {items.map((share) => (
          <ShareRow key={share.id} share={share} />
        ))}
      </ul>
      {shares.hasNextPage && (
        <Button
          variant="subtle"
          size="compact-sm"
          loading={shares.isFetchingNextPage}
          onClick={() => void shares.fetchNextPage()}
        >
          {t("common.more")}
        </Button>
      )}
    </Section>
  );
}
