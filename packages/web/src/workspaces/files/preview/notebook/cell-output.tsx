import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FilesOf } from "../../../../api/files.ts";
import { MarkdownView } from "../markdown/markdown-view.tsx";
import classes from "./notebook.module.css";
import type { Output } from "./read-notebook.ts";

/** Letters of an output that are drawn before somebody asks for all. */
const enough = 4_000;
/** Letters that are drawn at all: more stall the page. */
const most = 500_000;

interface CellOutputProps {
  readonly output: Output;
  readonly of: FilesOf;
  readonly path: string;
}

/** What a cell left behind. HTML is shown as the letters it is made of: drawn, it would be a page of somebody else's. */
export function CellOutput({ output, of, path }: CellOutputProps) {
  const { t } = useTranslation();
  switch (output.kind) {
    case "image":
      return <Picture address={output.address} alt={output.alt} />;
    case "markdown":
      return <MarkdownView text={output.text} of={of} path={path} />;
    case "html":
      return (
        <details>
          <summary className="quiet small">{t("preview.htmlOutput")}</summary>
          <Words text={output.text} look="text" />
        </details>
      );
    case "unknown":
      return <p className="quiet small">{t("preview.unknownOutput", { types: output.types })}</p>;
    default:
      return <Words text={output.text} look={output.name === "stderr" ? "stderr" : output.kind} />;
  }
}

function Words({ text, look }: { text: string; look: string }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = text.slice(0, all ? most : enough);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard */}
      <pre className={classes.words} data-look={look} dir="auto" tabIndex={0} data-scrolls>
        {shown}
      </pre>
      {shown.length < text.length && (
        <Button variant="subtle" size="compact-xs" disabled={all} onClick={() => setAll(true)}>
          {t(all ? "preview.outputCut" : "preview.allOutput")}
        </Button>
      )}
    </>
  );
}

function Picture({ address, alt }: { address: string; alt: string }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState(false);
  if (broken) return <p className="quiet small">{t("preview.broken")}</p>;
  return (
    <img
      src={address}
      alt={alt === "" ? t("preview.picture") : alt}
      className={classes.picture}
      onError={() => setBroken(true)}
    />
  );
}
