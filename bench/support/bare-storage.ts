/** The peer for one person's storage: Fastify, and the same bytes from memory. Arguments: port, name, quota, usage. */
import Fastify from "fastify";

const [port = "0", name = "", quota = "0", usage = "0"] = process.argv.slice(2);
const answers = new Map([[name, { name, quota: Number(quota), disk_usage: Number(usage) }]]);
const app = Fastify();

app.get<{ Params: { name: string } }>("/api/v1/users/:name", async (request) => answers.get(request.params.name));
await app.listen({ host: "127.0.0.1", port: Number(port) });
process.stdout.write(`http://127.0.0.1:${(app.server.address() as { port: number }).port}\n`);
