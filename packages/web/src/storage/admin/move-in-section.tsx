import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type MoveIn, moveInQuery, moveWorkspacesIn, purgeAside, type StorageSubject } from "../../api/storage.ts";
import { useLocale } from "../../locales/use-locale.tsx";
import { OperationLive } from "../../operations/operation-live.tsx";
import { Confirm } from "../../pieces/confirm.tsx";
import { Section } from "../../pieces/page.tsx";
import { ownerName } from "../level.ts";
import { useSize } from "../use-size.ts";

/** Workspaces that lie apart from their person's storage, and what a move has left; else nothing. */
export function MoveInSection({ subject }: { subject: StorageSubject }) {
  const { t } = useTranslation();
  const { data: look } = useQuery(moveInQuery(subject.id));
  const [asked, setAsked] = useState<"move" | "purge" | null>(null);
  const [begun, setBegun] = useState<string | null>(null);
  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries({ queryKey: ["storage"] });
  if (look === undefined) return null;
  const operation = look.operation_id ?? begun;
  const isApart = look.place === "apart";
  if (!isApart && look.aside === null && operation === null) return null;
  return (
    <Section title={t(isApart ? "adminStorage.moveIn" : "adminStorage.aside")}>
      {operation !== null && <OperationLive key={operation} id={operation} onEnd={refresh} />}
      {isApart && look.why_not !== "under_way" && <Apart look={look} onMove={() => setAsked("move")} />}
      {look.aside !== null && <Aside aside={look.aside} onPurge={() => setAsked("purge")} />}
      {asked !== null && (
        <Ask
          which={asked}
          subject={subject}
          look={look}
          onBegun={(id) => {
            setBegun(id);
            refresh();
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </Section>
  );
}

function Apart({ look, onMove }: { look: MoveIn; onMove(): void }) {
  const { t } = useTranslation();
  const why =
    look.why_not === "sessions"
      ? t("adminStorage.moveInSessions", { count: look.sessions })
      : look.why_not === "aside_kept"
        ? t("adminStorage.moveInAsideKept")
        : null;
  return (
    <>
      <p className="quiet">{t("adminStorage.moveInApart")}</p>
      <Button variant="default" size="xs" disabled={why !== null} onClick={onMove}>
        {t("adminStorage.moveIn")}
      </Button>
      {why !== null && <p className="quiet small">{why}</p>}
    </>
  );
}

function Aside({ aside, onPurge }: { aside: NonNullable<MoveIn["aside"]>; onPurge(): void }) {
  const { t } = useTranslation();
  const { format } = useLocale();
  const size = useSize();
  if (aside.ends_at === null)
    return <p className="quiet">{t("adminStorage.asideGoing", { size: size(aside.bytes) })}</p>;
  return (
    <>
      <p className="quiet">
        {t("adminStorage.asideUntil", { size: size(aside.bytes), date: format.date(aside.ends_at) })}
      </p>
      <Button variant="subtle" color="bad" size="xs" onClick={onPurge}>
        {t("adminStorage.asidePurge")}
      </Button>
    </>
  );
}

interface AskProps {
  readonly which: "move" | "purge";
  readonly subject: StorageSubject;
  readonly look: MoveIn;
  onBegun(operationId: string): void;
  onClose(): void;
}

/** Says what will happen, and how much it is. */
function Ask({ which, subject, look, onBegun, onClose }: AskProps) {
  const { t } = useTranslation();
  const size = useSize();
  const isMove = which === "move";
  const begin = useMutation({
    mutationFn: () => (isMove ? moveWorkspacesIn(subject.id) : purgeAside(subject.id)),
    onSuccess: ({ operation_id }) => {
      onBegun(operation_id);
      onClose();
    },
  });
  const about = isMove
    ? t("adminStorage.moveInWhat", {
        workspaces: look.workspaces,
        trash: look.in_trash,
        size: size(look.bytes),
      })
    : t("adminStorage.deleteWhat", { size: size(look.aside?.bytes ?? 0) });
  return (
    <Confirm
      opened
      danger={!isMove}
      title={t(isMove ? "adminStorage.moveInTitle" : "adminStorage.asideTitle", { name: ownerName(subject) })}
      about={about}
      text={t(isMove ? "adminStorage.moveInText" : "adminStorage.asideText")}
      action={t(isMove ? "adminStorage.moveIn" : "adminStorage.asidePurge")}
      pending={begin.isPending}
      error={begin.error}
      onConfirm={() => begin.mutate()}
      onClose={onClose}
    />
  );
}
