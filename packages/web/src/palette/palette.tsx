import { CloseButton, Modal } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type KeyboardEvent, useCallback, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api/auth.ts";
import type { Me, Session } from "../api/types.ts";
import { takeAhead } from "../frame/overlay.ts";
import { latinNumber } from "../locales/latin.ts";
import { IconSearch } from "../pieces/icons.ts";
import { ReasonCard } from "../pieces/reason-card.tsx";
import type { Entry } from "./entry.ts";
import { holdFocus } from "./hold-focus.ts";
import classes from "./palette.module.css";
import { entryId, PaletteList } from "./palette-list.tsx";
import { noteRecent } from "./recent.ts";
import { StopSession } from "./stop-session.tsx";
import { useEntries } from "./use-entries.ts";

/** Go anywhere, find anything of one's own by name, and do what is done often, without leaving the keyboard. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { data: session } = useQuery(sessionQuery);
  const [stopping, setStopping] = useState<Session | null>(null);
  if (stopping) return <StopSession session={stopping} onClose={onClose} />;
  return session?.account ? <Search account={session.account} onClose={onClose} onStop={setStopping} /> : null;
}

interface SearchProps {
  readonly account: Me;
  onClose(): void;
  onStop(session: Session): void;
}

function Search({ account, onClose, onStop }: SearchProps) {
  const { t } = useTranslation();
  const router = useRouter();
  const listId = useId();
  const [typed, setTyped] = useState("");
  const [pointed, setPointed] = useState(0);
  // As soon as it stands it has the focus, and what was typed until then.
  const field = useCallback((node: HTMLInputElement) => {
    node.focus();
    const ahead = takeAhead();
    if (ahead !== "") setTyped((typed) => typed + ahead);
    return holdFocus(node);
  }, []);
  const { entries, asking } = useEntries(account, latinNumber(typed), onStop);
  const chosen = Math.min(pointed, entries.length - 1);
  const take = useMutation({
    mutationFn: async (entry: Entry) => {
      noteRecent(account.id, { id: entry.id, name: entry.name, path: entry.path ?? null });
      if (entry.path !== undefined) {
        onClose();
        await router.navigate({ to: entry.path, ...(entry.hash === undefined ? {} : { hash: entry.hash }) });
        return;
      }
      // Once: by the time that all is done, somebody may have opened it anew.
      let isClosed = false;
      const close = () => {
        if (!isClosed) onClose();
        isClosed = true;
      };
      // What opens another dialog closes this one by that; all else is closed when it is done, or says so before.
      await entry.run?.(close);
      if (!opensMore(entry)) close();
    },
  });
  const move = (to: number) => setPointed(((to % entries.length) + entries.length) % entries.length);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || entries.length === 0) return;
    const entry = entries[chosen];
    const done: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(chosen + 1),
      ArrowUp: () => move(chosen - 1),
      PageDown: () => setPointed(Math.min(entries.length - 1, chosen + 7)),
      PageUp: () => setPointed(Math.max(0, chosen - 7)),
      ...(entry && !take.isPending ? { Enter: () => take.mutate(entry) } : {}),
    };
    const act = done[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <Modal.Root opened onClose={onClose} size="40rem" lockScroll={false} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t("palette.title")} classNames={{ inner: classes.inner, content: classes.content }}>
        <Modal.Body className={classes.body}>
          <div className={classes.search}>
            <IconSearch size={20} stroke={1.75} aria-hidden="true" />
            <input
              ref={field}
              role="combobox"
              aria-label={t("palette.label")}
              aria-expanded
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={chosen < 0 ? undefined : entryId(listId, chosen)}
              className={classes.field}
              placeholder={t("palette.label")}
              value={typed}
              onChange={(event) => {
                setTyped(event.currentTarget.value);
                setPointed(0);
              }}
              onKeyDown={onKeyDown}
              data-autofocus
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={200}
            />
            <CloseButton aria-label={t("common.close")} onClick={onClose} />
          </div>
          {take.isError && <ReasonCard error={take.error} />}
          {entries.length === 0 && !asking && <p className={classes.nothing}>{t("palette.nothing")}</p>}
          <PaletteList
            id={listId}
            label={t("palette.results")}
            entries={entries}
            chosen={chosen}
            onPoint={setPointed}
            onTake={(entry) => take.mutate(entry)}
          />
          <span role="status" className="visually-hidden">
            {take.isPending ? t("common.loading") : asking ? "" : t("palette.count", { count: entries.length })}
          </span>
          <div className={classes.keys}>
            <span>{t("palette.keyMove")}</span>
            <span>{t("palette.keyTake")}</span>
            <span>{t("palette.keyClose")}</span>
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Commands after which another dialog stands where this one was. */
const opensMore = ({ id }: Entry): boolean =>
  id === "shortcuts" || id === "tour" || id === "new:workspace" || id === "sign-out" || id.startsWith("stop:");
