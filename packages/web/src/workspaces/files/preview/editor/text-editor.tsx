import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../../../../api/api-error.ts";
import { writeCopy, writeText } from "../../../../api/files.ts";
import { ReasonCard } from "../../../../pieces/reason-card.tsx";
import { useDraft } from "../../../../pieces/use-draft.ts";
import { nameOf, shownName } from "../../file-path.ts";
import { Conflict } from "./conflict.tsx";
import classes from "./editor.module.css";
import { asInFile, asTyped, isMixed } from "./line-endings.ts";
import { UnsavedGuard } from "./unsaved-guard.tsx";

const MarkdownView = lazy(() =>
  import("../markdown/markdown-view.tsx").then((module) => ({ default: module.MarkdownView })),
);

interface TextEditorProps {
  readonly workspaceId: number;
  readonly path: string;
  /** Shown as a page beside what is typed. */
  readonly markdown: boolean;
  /** As it is in the file, with its mark and its ends of lines. */
  readonly original: string;
  /** Of what is being edited: saving is refused when the file has changed since. */
  readonly version: string;
  /** This is in the file now. */
  onSaved(saved: { readonly text: string; readonly version: string | null }): void;
  /** All that was typed is saved. */
  onEnd(): void;
  /** What is in the file is somebody else's: it is to be read anew. */
  onAnew(): void;
  /** What was typed is given up. */
  onDrop(): void;
}

/** Milliseconds after the last key at which what was typed is kept. */
const keepAfterMs = 400;

/** A small text, typed over. When somebody else was faster nothing is overwritten unless one says so. */
export function TextEditor(props: TextEditorProps) {
  const { workspaceId, path, markdown, original, version } = props;
  const { t } = useTranslation();
  const content = useMemo(() => asTyped(original), [original]);
  const mixed = useMemo(() => isMixed(original), [original]);
  const { found, clear, keep, ...draft } = useDraft(`workspace.${workspaceId}.file.${path}`);
  const [text, setText] = useState(() => draft.text("text", content));
  const [ended, setEnded] = useState(false);
  // A draft is of the version that it was begun over, whatever is in the file by now.
  const [over, setOver] = useState(() => draft.text("version", version));
  const changed = text !== content;
  const latest = useRef(text);
  useEffect(() => {
    latest.current = text;
  }, [text]);
  useEffect(() => {
    if (ended) return;
    if (!changed) return clear();
    const timer = setTimeout(() => keep({ text, version: over }), keepAfterMs);
    return () => clearTimeout(timer);
  }, [text, over, changed, ended, keep, clear]);
  const field = useRef<HTMLTextAreaElement>(null);
  // Once the question is gone, with its hold on the focus.
  const goOn = () => requestAnimationFrame(() => field.current?.focus());
  const endBy = (leave: () => void) => () => {
    setEnded(true);
    clear();
    leave();
  };
  const save = useMutation({
    mutationFn: (onto: string) => writeText(workspaceId, path, asInFile(text, original), onto),
    onSuccess: (saved) => {
      props.onSaved(saved);
      // Typed on meanwhile: that goes over what was just saved.
      if (asTyped(saved.text) !== latest.current && saved.version !== null) setOver(saved.version);
      else endBy(props.onEnd)();
    },
  });
  const copy = useMutation({
    mutationFn: () => writeCopy(workspaceId, path, asInFile(text, original)),
    onSuccess: endBy(props.onAnew),
  });
  const overtaken = save.isError && [409, 412].includes(asApiError(save.error).status);
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(over);
      }}
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
        event.preventDefault();
        if (changed && !save.isPending) save.mutate(over);
      }}
    >
      <UnsavedGuard unsaved={changed && !ended} onStay={goOn} />
      {found && (
        <p className="quiet small" role="status">
          {t("preview.fromDraft")}
        </p>
      )}
      {mixed && <p className="quiet small">{t("preview.mixedEnds")}</p>}
      {overtaken && (
        <Conflict
          workspaceId={workspaceId}
          path={path}
          mine={text}
          error={save.error}
          saving={save.isPending || copy.isPending}
          onCopy={() => copy.mutate()}
          onOver={(theirs) => save.mutate(theirs)}
          attempt={save.submittedAt}
          onTheirs={endBy(props.onAnew)}
        />
      )}
      {save.isError && !overtaken && <ReasonCard error={save.error} />}
      {copy.isError && <ReasonCard error={copy.error} />}
      <div className={classes.sides} data-two={markdown || undefined}>
        <Textarea
          ref={field}
          aria-label={t("preview.editing", { name: shownName(nameOf(path)) })}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          classNames={{ input: classes.typed }}
          rows={20}
          spellCheck={false}
          autoFocus
        />
        {markdown && <AsPage text={text} workspaceId={workspaceId} path={path} />}
      </div>
      <Verbs changed={changed} saving={save.isPending} onDrop={endBy(props.onDrop)} onGoOn={goOn} />
    </form>
  );
}

/** What is typed, as a page, a little behind the keys. */
function AsPage({ text, workspaceId, path }: { text: string; workspaceId: number; path: string }) {
  const { t } = useTranslation();
  const shown = useDeferredValue(text);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long page is scrolled by keyboard
    <section className={classes.page} tabIndex={0} aria-label={t("preview.asPage")}>
      <Suspense>
        <MarkdownView text={shown} of={workspaceId} path={path} />
      </Suspense>
    </section>
  );
}

interface VerbsProps {
  readonly changed: boolean;
  readonly saving: boolean;
  onDrop(): void;
  onGoOn(): void;
}

function Verbs({ changed, saving, onDrop, onGoOn }: VerbsProps) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  if (asked && changed) {
    return (
      <div className={`${classes.verbs} dialog-end`} role="alert">
        <span>{t("preview.dropAsk")}</span>
        <Button color="bad" size="xs" onClick={onDrop}>
          {t("preview.drop")}
        </Button>
        <Button
          variant="default"
          size="xs"
          autoFocus
          onClick={() => {
            setAsked(false);
            onGoOn();
          }}
        >
          {t("preview.goOn")}
        </Button>
      </div>
    );
  }
  return (
    <div className={`${classes.verbs} dialog-end`}>
      <Button type="submit" loading={saving} disabled={!changed}>
        {t("common.save")}
      </Button>
      <Button variant="default" onClick={() => (changed ? setAsked(true) : onDrop())}>
        {t("common.cancel")}
      </Button>
      <span className="quiet small">{t("preview.saveKeys", { keys: mac ? "⌘S" : "Ctrl+S" })}</span>
    </div>
  );
}
