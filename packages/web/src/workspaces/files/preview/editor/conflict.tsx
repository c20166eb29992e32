import { Button } from "@mantine/core";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { readText } from "../../../../api/files.ts";
import { ReasonBody } from "../../../../pieces/reason-body.tsx";
import { ReasonCard } from "../../../../pieces/reason-card.tsx";
import { RowsLoading } from "../../../../pieces/rows-loading.tsx";
import classes from "./editor.module.css";
import { asTyped } from "./line-endings.ts";

interface ConflictProps {
  readonly workspaceId: number;
  readonly path: string;
  readonly mine: string;
  readonly error: unknown;
  readonly saving: boolean;
  /** The save that was refused: each is answered with what is in the file by then. */
  readonly attempt: number;
  onCopy(): void;
  /** Over theirs, of this version. */
  onOver(version: string): void;
  onTheirs(): void;
}

/** Somebody else saved the file meanwhile: both texts beside each other, and what can be done about it. */
export function Conflict(props: ConflictProps) {
  const { workspaceId, path, mine, error, saving, attempt } = props;
  const { t } = useTranslation();
  const theirs = useQuery({
    queryKey: ["files", workspaceId, "theirs", path, attempt],
    queryFn: async () => {
      const { text, version } = await readText(workspaceId, path);
      return { text: asTyped(text), version };
    },
    gcTime: 0,
    staleTime: "static",
  });
  const now = theirs.data?.version ?? null;
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    card.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={card}>
      {/* Not by way of its few words alone: what one reads and chooses by must not be made anew under one's hands. */}
      <ReasonBody title={t("preview.overtaken")} error={error}>
        <div className={classes.both}>
          <Side label={t("preview.yours")} text={mine} other={theirs.data?.text} />
          <Theirs query={theirs} mine={mine} />
        </div>
        <span className={classes.verbs}>
          <Button size="xs" loading={saving} onClick={props.onCopy}>
            {t("preview.saveCopy")}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={saving || now === null}
            onClick={() => now !== null && props.onOver(now)}
          >
            {t("preview.saveOver")}
          </Button>
          <Button size="xs" variant="default" disabled={saving} onClick={props.onTheirs}>
            {t("preview.theirs")}
          </Button>
        </span>
      </ReasonBody>
    </div>
  );
}

function Theirs({ query, mine }: { query: UseQueryResult<{ text: string }>; mine: string }) {
  const { t } = useTranslation();
  if (query.isPending) return <RowsLoading rows={4} height={20} />;
  if (query.data === undefined) return <ReasonCard error={query.error} onRetry={() => void query.refetch()} />;
  return <Side label={t("preview.inTheFile")} text={query.data.text} other={mine} />;
}

/** Lines of each text that are shown. */
const most = 2_000;

/** One text, the lines that the other has not marked. */
function Side({ label, text, other }: { label: string; text: string; other: string | undefined }) {
  const known = new Set(other?.split("\n"));
  return (
    <figure className={classes.side}>
      <figcaption className="small quiet">{label}</figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by keyboard */}
      <pre tabIndex={0}>
        {text
          .split("\n")
          .slice(0, most)
          .map((line, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name and never move
            <span key={at} dir="auto" data-own={(other !== undefined && !known.has(line)) || undefined}>
              {line === "" ? "\n" : line}
            </span>
          ))}
      </pre>
    </figure>
  );
}
