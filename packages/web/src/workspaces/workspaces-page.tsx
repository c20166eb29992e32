import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { shownError } from "../api/query-trouble.ts";
import type { Workspace } from "../api/types.ts";
import { useLocale } from "../locales/use-locale.tsx";
import { Empty } from "../pieces/empty.tsx";
import { IconPlus } from "../pieces/icons.ts";
import { LongRows } from "../pieces/long-rows.tsx";
import { Page } from "../pieces/page.tsx";
import { ReasonCard } from "../pieces/reason-card.tsx";
import { RowsLoading } from "../pieces/rows-loading.tsx";
import { arrange, matches, readView, type WorkspacesView } from "./arrange-workspaces.ts";
import { CreateWorkspace } from "./create-workspace.tsx";
import { FirstWorkspace } from "./first-workspace.tsx";
import { useKeptChoice } from "./kept-choice.ts";
import { OfferedShares } from "./sharing/offered.tsx";
import { StartIn } from "./start-in.tsx";
import { useWorkspaceCards, type WorkspaceCard } from "./use-workspace-cards.ts";
import { WorkspaceTile } from "./workspace-tile.tsx";
import classes from "./workspaces.module.css";
import { WorkspacesFilters } from "./workspaces-filters.tsx";

/** All workspaces of a person: found, ordered, as a list or a grid; a program starts from here in two clicks. */
export function WorkspacesPage() {
  const { t } = useTranslation();
  const { locale } = useLocale();
  const [creating, setCreating] = useState(false);
  const [startIn, setStartIn] = useState<Workspace | null>(null);
  const [text, setText] = useState("");
  const wanted = useDeferredValue(text);
  const [view, setView] = useKeptChoice("stoa.workspaces.view", readView);
  const { query, cards } = useWorkspaceCards();
  const all = query.data;
  const found = useMemo(
    () =>
      arrange(all?.filter((one) => matches(one, wanted)) ?? [], view.order, locale).flatMap(
        (one) => cards.get(one.id) ?? [],
      ),
    [all, cards, wanted, view.order, locale],
  );
  const create = (
    <Button leftSection={<IconPlus size={18} />} onClick={() => setCreating(true)}>
      {t("workspaces.new")}
    </Button>
  );
  return (
    <Page title={t("workspaces.title")} action={create}>
      <OfferedShares />
      {query.isPending && (
        <>
          {/* The place of what narrows them. */}
          <RowsLoading rows={1} height={36} />
          <RowsLoading rows={6} height={64} />
        </>
      )}
      {shownError(query) !== null && <ReasonCard error={query.error} onRetry={() => void query.refetch()} />}
      {all?.length === 0 && <FirstWorkspace />}
      {all !== undefined && all.length > 0 && (
        <>
          <WorkspacesFilters text={text} view={view} count={found.length} onText={setText} onView={setView} />
          {found.length === 0 ? (
            <Empty title={t("workspaces.noMatch")} text={t("workspaces.noMatchText", { text: wanted })} />
          ) : (
            <Tiles key={view.look} look={view.look} cards={found} onStart={setStartIn} />
          )}
        </>
      )}
      <CreateWorkspace opened={creating} onClose={() => setCreating(false)} />
      {startIn && <StartIn workspace={startIn} onClose={() => setStartIn(null)} />}
    </Page>
  );
}

interface TilesProps {
  readonly look: WorkspacesView["look"];
  readonly cards: readonly WorkspaceCard[];
  onStart(workspace: Workspace): void;
}

const keyOf = ({ workspace }: WorkspaceCard) => workspace.id;
/** Pixels of a usual one. */
const heights = { list: 76, grid: 180 } as const;

function Tiles({ look, cards, onStart }: TilesProps) {
  const { t } = useTranslation();
  const options = { getInitialValueInEffect: false };
  const wide = useMediaQuery("(min-width: 75em)", true, options);
  const middle = useMediaQuery("(min-width: 48em)", true, options);
  const columns = look === "list" ? 1 : wide ? 3 : middle ? 2 : 1;
  const show = useCallback(
    (card: WorkspaceCard) => <WorkspaceTile card={card} look={look} onStart={onStart} />,
    [look, onStart],
  );
  return (
    <div className={classes.tiles} data-look={look}>
      <LongRows
        key={columns}
        label={t("workspaces.title")}
        rows={cards}
        keyOf={keyOf}
        rowHeight={heights[look]}
        lines={look === "list"}
        columns={columns}
        complete
        onNear={null}
      >
        {show}
      </LongRows>
    </div>
  );
}
