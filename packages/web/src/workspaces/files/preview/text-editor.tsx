import { Button, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asApiError } from "../../../api/api-error.ts";
import { writeCopy, writeText } from "../../../api/files.ts";
import { ReasonCard } from "../../../pieces/reason-card.tsx";
import { nameOf, shownName } from "../file-path.ts";
import classes from "./preview.module.css";

interface TextEditorProps {
  readonly workspaceId: number;
  readonly path: string;
  readonly content: string;
  /** Of what is being edited: saving is refused when the file has changed since. */
  readonly version: string;
  onUnsaved(unsaved: boolean): void;
  onReload(): Promise<void>;
  onClose(): void;
}

/** A small text, typed over. When somebody else was faster nothing is overwritten: their text or a copy of mine. */
export function TextEditor({ workspaceId, path, content, version, onUnsaved, onReload, onClose }: TextEditorProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [text, setText] = useState(content);
  const done = async () => {
    onUnsaved(false);
    await client.invalidateQueries({ queryKey: ["files", workspaceId] });
    onClose();
  };
  const save = useMutation({ mutationFn: () => writeText(workspaceId, path, text, version), onSuccess: done });
  const copy = useMutation({ mutationFn: () => writeCopy(workspaceId, path, text), onSuccess: done });
  const overtaken = save.isError && [409, 412].includes(asApiError(save.error).status);
  const drop = () => {
    onUnsaved(false);
    onClose();
  };
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
        event.preventDefault();
        save.mutate();
      }}
    >
      <Textarea
        aria-label={t("preview.editing", { name: shownName(nameOf(path)) })}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onUnsaved(event.currentTarget.value !== content);
        }}
        classNames={{ input: classes.typed }}
        rows={20}
        spellCheck={false}
        autoFocus
      />
      {overtaken && (
        <ReasonCard title={t("preview.overtaken")} error={save.error}>
          <span className={classes.verbs}>
            <Button size="xs" loading={copy.isPending} onClick={() => copy.mutate()}>
              {t("preview.saveCopy")}
            </Button>
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                onUnsaved(false);
                void onReload();
              }}
            >
              {t("preview.theirs")}
            </Button>
          </span>
        </ReasonCard>
      )}
      {save.isError && !overtaken && <ReasonCard error={save.error} />}
      {copy.isError && <ReasonCard error={copy.error} />}
      <div className={classes.verbs}>
        <Button type="submit" loading={save.isPending} disabled={text === content}>
          {t("common.save")}
        </Button>
        <Button variant="default" onClick={drop}>
          {t("common.cancel")}
        </Button>
        <span className="quiet small">{t("preview.keys")}</span>
      </div>
    </form>
  );
}
