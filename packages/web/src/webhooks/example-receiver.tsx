import { useTranslation } from "react-i18next";
import { CopyButton } from "../pieces/copy-line.tsx";
import { Empty } from "../pieces/empty.tsx";
import classes from "./webhooks.module.css";

/** Neither Stoa's nor a hub's, so that it can run beside them. */
const EXAMPLE_PORT = 9099;

/** Enough to see something arrive; it verifies nothing, and says so. */
const receiver = `import { createServer } from "node:http";

createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    console.log(request.headers["webhook-id"], body);
    response.end();
  });
}).listen(${EXAMPLE_PORT}, "127.0.0.1");
`;

/** Apart from the sentence: Latin text in it stays in one piece right-to-left, too. */
const exampleAddress = {
  address: `http://127.0.0.1:${EXAMPLE_PORT}/`,
  setting: `STOA_WEBHOOK_PRIVATE_TARGETS=127.0.0.1:${EXAMPLE_PORT}`,
};

/** Nothing yet: what one is for, and something to try it with. */
export function ExampleReceiver() {
  const { t } = useTranslation();
  return (
    <>
      <Empty title={t("webhooks.empty")} text={t("webhooks.emptyText")} />
      <figure className={classes.example}>
        <figcaption>
          <span className="quiet small">{t("webhooks.example")}</span>
          <CopyButton text={receiver} label={`${t("webhooks.exampleName")}: `} />
        </figcaption>
        {/* Long lines are scrolled to by keyboard too. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus */}
        <pre dir="ltr" tabIndex={0}>
          {receiver}
        </pre>
        <p className="quiet small">{t("webhooks.exampleAddress", exampleAddress)}</p>
        <p className="quiet small">{t("webhooks.exampleVerify")}</p>
      </figure>
    </>
  );
}
