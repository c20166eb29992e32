import { Link } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, type CSSProperties, type ReactNode, useMemo } from "react";
import { useTranslation } from "react-i18next";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { type FilesOf, workspaceOf } from "../../../../api/files.ts";
import { Boundary } from "../../../../pieces/boundary.tsx";
import { inFile, nestsTooDeep } from "../../../../pieces/nesting.ts";
import { folderOf } from "../../file-path.ts";
import { placeSearch } from "../../place-search.ts";
import { directionOfText } from "../text-direction.ts";
import { TextLines } from "../text-lines.tsx";
import classes from "./markdown.module.css";
import { MarkdownImage } from "./markdown-image.tsx";
import { targetOf } from "./workspace-target.ts";

interface MarkdownViewProps {
  readonly text: string;
  readonly of: FilesOf;
  /** The file that it stands in: links and pictures are seen from there. */
  readonly path: string;
  /** Pictures that the text brings along, by name: what a notebook's cells attach. */
  readonly attached?: Readonly<Record<string, string>>;
}

interface OwnProps {
  readonly children?: ReactNode;
  readonly style?: CSSProperties | undefined;
  readonly className?: string | undefined;
}

/**
 * Markdown as a page. HTML in it stays letters; a link leads to a file of the same workspace, or out of the portal in a
 * tab of its own; pictures are the workspace's, nothing is fetched from elsewhere.
 */
export function MarkdownView(props: MarkdownViewProps) {
  const tooDeep = useMemo(() => nestsTooDeep(props.text, inFile), [props.text]);
  if (tooDeep) return <AsItStands text={props.text} />;
  return (
    <Boundary key={props.text} instead={<AsItStands text={props.text} />}>
      <Drawn {...props} />
    </Boundary>
  );
}

function AsItStands({ text }: { text: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="quiet">{t("preview.tooDeep")}</p>
      <TextLines text={text} />
    </>
  );
}

function Drawn({ text, of, path, attached }: MarkdownViewProps) {
  const { t } = useTranslation();
  const components = useMemo((): Components => {
    const heading = (level: number) => {
      // The page has its heading, and the window its own: a file's begin below.
      const Tag = `h${Math.min(6, level + 2)}` as "h3";
      return ({ children }: { children?: ReactNode }) => <Tag dir="auto">{children}</Tag>;
    };
    const own =
      (Tag: "p" | "li" | "blockquote" | "td" | "th") =>
      ({ children, style, className }: OwnProps) => (
        <Tag dir="auto" style={style} className={className}>
          {children}
        </Tag>
      );
    return {
      h1: heading(1),
      h2: heading(2),
      h3: heading(3),
      h4: heading(4),
      h5: heading(5),
      h6: heading(6),
      p: own("p"),
      li: own("li"),
      blockquote: own("blockquote"),
      td: own("td"),
      th: own("th"),
      a: ({ href, children }: AnchorHTMLAttributes<HTMLAnchorElement>) => (
        <SafeLink href={href ?? ""} of={of} path={path}>
          {children}
        </SafeLink>
      ),
      img: ({ src, alt }) => (
        <MarkdownImage
          src={typeof src === "string" ? src : ""}
          alt={alt ?? ""}
          of={of}
          path={path}
          attached={attached}
        />
      ),
      input: ({ checked }) => (
        <input
          type="checkbox"
          checked={checked === true}
          disabled
          aria-label={t(checked ? "preview.done" : "preview.toDo")}
        />
      ),
      table: ({ children }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table is scrolled by keyboard
        <div className={classes.wide} tabIndex={0} data-scrolls>
          <table>{children}</table>
        </div>
      ),
      pre: ({ children }) => (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard
        <pre dir="ltr" tabIndex={0} data-scrolls>
          {children}
        </pre>
      ),
    };
  }, [of, path, attached, t]);
  return (
    <div className={classes.page} dir={directionOfText(text)}>
      <Markdown
        remarkPlugins={[remarkGfm]}
        components={components}
        // What an address may be is decided where it is drawn.
        urlTransform={(url) => url}
        remarkRehypeOptions={{ footnoteLabel: t("preview.footnotes"), footnoteLabelProperties: {} }}
      >
        {text}
      </Markdown>
    </div>
  );
}

interface SafeLinkProps {
  readonly href: string;
  readonly of: FilesOf;
  readonly path: string;
  readonly children: ReactNode;
}

function SafeLink({ href, of, path, children }: SafeLinkProps) {
  const { t } = useTranslation();
  const target = targetOf(href, path);
  switch (target.kind) {
    case "file": {
      return (
        <Link
          to="/workspaces/$workspaceId"
          params={{ workspaceId: String(workspaceOf(of)) }}
          search={placeSearch(of, folderOf(target.path), target.path)}
          resetScroll={false}
        >
          {children}
        </Link>
      );
    }
    case "web":
      return (
        <a
          href={target.url}
          target="_blank"
          rel="noopener noreferrer nofollow"
          title={t("preview.leadsTo", { host: target.host })}
        >
          {children}
        </a>
      );
    case "mail":
      return <a href={target.url}>{children}</a>;
    default:
      return <span className={classes.dead}>{children}</span>;
  }
}
