import Markdown from "react-markdown";
import { inAnnouncement, nestsTooDeep } from "../pieces/nesting.ts";
import { withoutMarks } from "./said.ts";

/** Emphasis, links, lists, code: what a few lines need. Headings and pictures are left out, HTML is shown as text. */
const allowed = ["p", "strong", "em", "del", "a", "ul", "ol", "li", "code", "br"];

export function SimpleMarkdown({ text }: { text: string }) {
  // An older server took whatever was written.
  if (nestsTooDeep(text, inAnnouncement)) return <p>{withoutMarks(text)}</p>;
  return (
    <Markdown
      allowedElements={allowed}
      unwrapDisallowed
      components={{
        a: ({ href, children }) => (
          <a href={href} rel="noopener noreferrer" target={href?.startsWith("/portal") ? undefined : "_blank"}>
            {children}
          </a>
        ),
      }}
    >
      {text}
    </Markdown>
  );
}
