import { Button, Group, Modal } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { MoveInBegun, MoveInLook } from "../../api/move-ins.ts";
import { moveInQuery, type StorageSubject } from "../../api/storage.ts";
import many from "../../people/many.module.css";
import { closeLabel } from "../../pieces/confirm.tsx";
import { ReasonCard } from "../../pieces/reason-card.tsx";
import { RowsLoading } from "../../pieces/rows-loading.tsx";
import { ownerName } from "../level.ts";
import { useSize } from "../use-size.ts";
import { lookAtMany, moveMany, sumOfMoves } from "./many-moves.ts";

export interface BegunMoves {
  readonly meant: readonly StorageSubject[];
  readonly begun: readonly MoveInBegun[];
}

interface MoveManyProps {
  /** One of the list: whether workspaces can lie inside at all is the same for everybody. */
  readonly anybody: StorageSubject | undefined;
  readonly who: () => Promise<readonly StorageSubject[]>;
  onBegun(moves: BegunMoves): void;
}

/** Has the workspaces of all that are chosen moved in, where they can lie inside; asks first. */
export function MoveMany({ anybody, who, onBegun }: MoveManyProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const { data } = useQuery({ ...moveInQuery(anybody?.id ?? 0), enabled: anybody !== undefined });
  if (data === undefined || data.why_not === "off") return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {t("adminStorage.moveMany")}
      </Button>
      {asking && (
        <Ask
          who={who}
          onBegun={(moves) => {
            setAsking(false);
            onBegun(moves);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface AskProps extends Pick<MoveManyProps, "who" | "onBegun"> {
  onClose(): void;
}

/** Looks whose can be moved, and who can't and why; then has them moved. */
function Ask({ who, onBegun, onClose }: AskProps) {
  const { t } = useTranslation();
  const size = useSize();
  const looked = useQuery({
    queryKey: ["storage-moves-look"],
    queryFn: async () => {
      const meant = await who();
      return { meant, looks: await lookAtMany(meant.map(({ id }) => id)) };
    },
    // As it is now; not again while it is read.
    ...{ gcTime: 0, staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false },
  });
  const looks = looked.data?.looks ?? [];
  const movable = looks.filter(({ why_not }) => why_not === null);
  const stuck = looks.filter(({ why_not }) => why_not !== null);
  const { bytes, ...sum } = sumOfMoves(looks);
  const begin = useMutation({
    mutationFn: () => moveMany(movable.map(({ id }) => id)),
    onSuccess: (begun) => onBegun({ meant: looked.data?.meant ?? [], begun }),
  });
  const title = looked.data ? t("adminStorage.moveManyTitle", { count: movable.length }) : t("adminStorage.moveMany");
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={closeLabel(t)}>
      {looked.isPending && (
        <div role="status">
          <p className="quiet">{t("adminStorage.moveManyLooking")}</p>
          <RowsLoading rows={2} height={24} />
        </div>
      )}
      {looked.isError && <ReasonCard error={looked.error} onRetry={() => void looked.refetch()} />}
      {looked.data && movable.length === 0 && <p>{t("adminStorage.moveManyNone")}</p>}
      {movable.length > 0 && (
        <>
          <p>
            <strong>{t("adminStorage.moveInWhat", { ...sum, size: size(bytes) })}</strong>
          </p>
          <p>{t("adminStorage.moveInText")}</p>
        </>
      )}
      {stuck.length > 0 && (
        <>
          <p>{t("adminStorage.moveManyCant", { count: stuck.length })}</p>
          <Refusals
            label={t("adminStorage.moveManyCant", { count: stuck.length })}
            of={stuck.map((look) => ({ subject: looked.data?.meant.find(({ id }) => id === look.id), look }))}
          />
        </>
      )}
      {begin.isError && <ReasonCard error={begin.error} />}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button disabled={movable.length === 0} loading={begin.isPending} onClick={() => begin.mutate()}>
          {t("adminStorage.moveMany")}
        </Button>
      </Group>
    </Modal>
  );
}

interface RefusalsProps {
  readonly label: string;
  readonly of: readonly { readonly subject: StorageSubject | undefined; readonly look: MoveInLook }[];
}

function Refusals({ label, of }: RefusalsProps) {
  const { t } = useTranslation();
  const why = ({ why_not, sessions }: MoveInLook) => {
    if (why_not === "sessions") return t("adminStorage.moveInSessions", { count: sessions });
    if (why_not === "aside_kept") return t("adminStorage.moveInAsideKept");
    return t(`adminStorage.moveInWhy_${why_not ?? "unknown"}`);
  };
  return (
    <ul className={`${many.refusals} ${many.scrolls}`} aria-label={label}>
      {of.map(({ subject, look }) => (
        <li key={look.id}>
          <Link to="/admin/storage/$subjectId" params={{ subjectId: String(look.id) }}>
            <bdi>{subject === undefined ? String(look.id) : ownerName(subject)}</bdi>
          </Link>{" "}
          <span className="quiet small">{why(look)}</span>
        </li>
      ))}
    </ul>
  );
}
