import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { replacingError } from "../../api/query-trouble.ts";
import type { StorageSubject } from "../../api/storage.ts";
import { type LargestThings, type LargeThing, largestThingsQuery } from "../../api/storage-rescue.ts";
import { CopyLine } from "../../pieces/copy-line.tsx";
import { Empty } from "../../pieces/empty.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import rows from "../../pieces/rows.module.css";
import { useSize } from "../use-size.ts";
import { ChosenBar } from "./chosen-bar.tsx";
import { EraseQuestion } from "./erase-question.tsx";
import { EraseProgress, EraseResult } from "./erase-result.tsx";
import { keyOf, outermost } from "./large-things.ts";
import classes from "./largest.module.css";
import { LargestLoading } from "./largest-loading.tsx";
import { LargestRow } from "./largest-row.tsx";
import { useErase } from "./use-erase.ts";

/** So many are shown at first: who frees room begins with the largest. */
const SHOWN = 10;

/** What takes most room, by bars: to be downloaded, and deleted for good, one or several at once. */
export function LargestFiles({ own }: { own: StorageSubject }) {
  const largest = useQuery(largestThingsQuery);
  const trouble = replacingError(largest);
  if (largest.isPending) return <LargestLoading />;
  if (trouble !== null || largest.data === undefined) {
    return <ReasonCard error={trouble} onRetry={() => void largest.refetch()} />;
  }
  return <Loaded things={largest.data} own={own} />;
}

function Loaded({ things, own }: { things: LargestThings; own: StorageSubject }) {
  const { t } = useTranslation();
  const { items, kept_by_snapshots: isKept } = things;
  const [keys, setKeys] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<readonly LargeThing[] | null>(null);
  const [all, setAll] = useState(false);
  const { ask, percent, trouble, outcome, isCounted, forget } = useErase(own.used);
  const busy = ask.isPending || percent !== null;
  const shown = all ? items : items.slice(0, SHOWN);
  const chosen = items.filter((thing) => keys.has(keyOf(thing)));
  const most = items[0]?.bytes ?? 0;
  const choose = (key: string, isChosen: boolean) =>
    setKeys((before) => new Set(isChosen ? [...before, key] : [...before].filter((one) => one !== key)));
  return (
    <>
      {percent !== null && <EraseProgress percent={percent} trouble={trouble} />}
      {outcome !== null && <EraseResult outcome={outcome} isKept={isKept} onClose={forget} />}
      {!things.counts && things.storage_read && <p className="quiet">{t("storage.largestApart")}</p>}
      <Sums things={things} used={isCounted ? own.used : null} />
      {items.length === 0 ? (
        (things.counts || things.storage_read) && <Empty text={t("storage.largestNone")} />
      ) : (
        <>
          <ChosenBar
            chosen={chosen}
            busy={busy}
            onErase={() => setAsking(outermost(chosen))}
            onNone={() => setKeys(new Set())}
          />
          <ul className={rows.rows} aria-label={t("storage.largest")}>
            {shown.map((thing) => (
              <LargestRow
                key={keyOf(thing)}
                thing={thing}
                most={most}
                isChosen={keys.has(keyOf(thing))}
                busy={busy}
                onChoose={choose}
                onErase={(one) => setAsking([one])}
              />
            ))}
          </ul>
          {shown.length < items.length && (
            <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setAll(true)}>
              {t("storage.largestAll", { count: items.length - shown.length })}
            </Button>
          )}
        </>
      )}
      {!things.storage_read && <Unread />}
      {asking !== null && (
        <EraseQuestion
          things={asking}
          isKept={isKept}
          pending={ask.isPending}
          error={ask.error}
          onConfirm={() =>
            ask.mutate(asking, {
              onSuccess: () => {
                setAsking(null);
                setKeys(new Set());
              },
            })
          }
          onClose={() => {
            ask.reset();
            setAsking(null);
          }}
        />
      )}
    </>
  );
}

/** Why what lies outside workspaces has no button, and how it is found and deleted where it is seen. */
function Unread() {
  const { t } = useTranslation();
  return (
    <div className={classes.unread}>
      <p>{t("storage.largestUnread")}</p>
      <CopyLine label={t("storage.largestShowLine")} text="du -ah ~ 2>/dev/null | sort -rh | head -n 30" />
      <CopyLine label={t("storage.largestEraseLine")} text="rm -r -- ~/path/of/it" />
    </div>
  );
}

/** So much of what is used is no longer worth telling. */
const REST = 0.1;

/** How much of it is looked at here, and how much lies in the trash. @param used null: not known just now */
function Sums({ things, used }: { things: LargestThings; used: number | null }) {
  const { t } = useTranslation();
  const size = useSize();
  const rest = used === null || !things.complete || things.bytes > used * (1 - REST) ? 0 : used - things.bytes;
  return (
    <>
      <p className={`quiet ${classes.sums}`}>
        <span>{t("storage.largestSum", { size: size(things.bytes) })}</span>
        {rest > 0 && (
          <span>
            {t(things.storage_read ? "storage.largestRest" : "storage.largestElsewhere", { size: size(rest) })}
          </span>
        )}
      </p>
      {things.trashed > 0 && (
        <p className={classes.trashed}>
          {t("storage.largestInTrash", { size: size(things.trashed) })}{" "}
          <Link to="/trash">{t("storage.openTrash")}</Link>
        </p>
      )}
      {!things.complete && <p className="quiet">{t("storage.largestPartly")}</p>}
    </>
  );
}
