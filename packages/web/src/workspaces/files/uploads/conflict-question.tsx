import { Button, Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shownName } from "../file-path.ts";
import type { Upload } from "./upload-job.ts";
import classes from "./uploads.module.css";
import { uploads } from "./uploads.ts";

const choices = ["replace", "keep_both", "skip"] as const;

/** Something of this name is there: what now? `more` are on their way with it. Asked in its place, one file after the other, or once for all. */
export function ConflictQuestion({ upload, more }: { upload: Upload; more: number }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  return (
    <div className={classes.question} role="alert">
      <span>{t("uploads.taken", { name: shownName(upload.path) })}</span>
      <div className={classes.choices}>
        {choices.map((choice) => (
          <Button
            key={choice}
            variant={choice === "keep_both" ? "filled" : "default"}
            size="xs"
            onClick={() => uploads.answer(upload.id, choice, all)}
          >
            {t(`uploads.${choice}`)}
          </Button>
        ))}
        {more > 0 && (
          <Checkbox
            size="xs"
            label={t("uploads.forAll")}
            checked={all}
            onChange={(event) => setAll(event.currentTarget.checked)}
          />
        )}
      </div>
    </div>
  );
}
