import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyRequest } from "fastify";
import secureJson from "secure-json-parse";
import { StoaError } from "../../platform/errors/stoa-error.ts";
import { readJsonBody } from "../../platform/http/json-body.ts";
import type { IncomingFile } from "../upload-files.ts";
import { refusals, refused } from "./messages.ts";
import { checkName, MOST_FILES } from "./read-body.ts";

/** Bounds of one upload besides its bytes. */
const MOST_FIELDS = 1_000;
/** Fields mean nothing here, but the parser keeps them in memory until the end. */
const MOST_FIELD_BYTES = 1024;

/** Contract 3 reads a body as JSON whatever its content type says: its clients often send none. */
export function acceptAnyAsJson(app: FastifyInstance): void {
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: unknown, body: Buffer) =>
    readJsonBody(body, (text): unknown => secureJson.parse(text, { protoAction: "error", constructorAction: "error" })),
  );
}

/** Uploads are read as they arrive, part by part; what is not multipart holds no files. */
export async function acceptMultipart(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(multipart, {
    preservePath: true,
    // Bytes are counted over all files together where they are written.
    limits: {
      parts: MOST_FILES + MOST_FIELDS,
      files: MOST_FILES,
      fields: MOST_FIELDS,
      fieldSize: MOST_FIELD_BYTES,
      fileSize: Number.POSITIVE_INFINITY,
    },
  });
  app.addContentTypeParser("*", (_request, payload, done) => {
    payload.resume();
    done(null);
  });
}

/**
 * The files of a multipart body, each to be read before the next. Their names may hold folders.
 * @throws StoaError invalid: a name the contract refuses, a body that ends too early
 */
export async function* filesOf(request: FastifyRequest): AsyncGenerator<IncomingFile> {
  if (!request.isMultipart()) return;
  const parts = request.parts();
  for (;;) {
    const next = await tellingUpload(() => parts.next());
    if (next.done) return;
    const part = next.value;
    if (part.type !== "file") continue;
    if (part.filename) yield { parts: checkName(part.filename, refusals.fileDots), bytes: chunksOf(part.file) };
    else part.file.resume();
  }
}

async function* chunksOf(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = file[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await tellingUpload(() => chunks.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}

/** What goes wrong in reading is the request's: it was cut off, or is not what it says. */
async function tellingUpload<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof StoaError) throw error;
    const text = error instanceof Error ? error.message : "it ended too early";
    throw Object.assign(refused(`The upload could not be read: ${text}.`), { cause: error });
  }
}
