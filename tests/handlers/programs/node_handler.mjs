// A right handler of Timely.ai's webhooks: Node's own http, a journal on disk, work after the answer.

import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:http";

const { PORT, DATABASE, TENANT, DOWNSTREAM_URL } = process.env;
const SECRETS = [process.env.WEBHOOK_SECRET, process.env.PREVIOUS_WEBHOOK_SECRET].filter(Boolean);
const TOLERANCE_SECONDS = 300;
const LARGEST = 5 * 1024 * 1024;

const STATUS = new Map([
  ["conversation.created", "open"],
  ["conversation.assigned", "assigned"],
  ["conversation.closed", "closed"],
  ["conversation.reopened", "open"],
]);
const RANK = [...STATUS.keys()];
const MESSAGES = ["message.received", "message.sent", "message.delivered", "message.read", "message.failed"];
const KNOWN = new Set([...RANK, ...MESSAGES]);

class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

// The store: every line of the journal is an event that was taken, or the id of one that is done.

const events = new Map();
const bySubject = new Map();

function remember(event) {
  events.set(event.id, event);
  bySubject.set(event.subject, [...(bySubject.get(event.subject) ?? []), event]);
}

function recall() {
  if (!existsSync(DATABASE)) return;
  for (const line of readFileSync(DATABASE, "utf8").split("\n")) {
    let entry;
    try {
      entry = JSON.parse(line);
    } catch {
      continue; // The process ended while it wrote this line: it was not answered either.
    }
    if (entry.taken) remember({ ...entry.taken, done: 0 });
    else events.get(entry.done).done += 1;
  }
}

recall();
const journal = openSync(DATABASE, "a");
// Whatever is written next begins a line of its own.
appendFileSync(journal, "\n");

function record(entry) {
  appendFileSync(journal, JSON.stringify(entry) + "\n");
}

function stateOf(subject) {
  const done = (bySubject.get(subject) ?? []).filter((event) => event.done);
  if (!done.length) return null;
  const [last] = done
    .filter((event) => STATUS.has(event.name))
    .sort((one, other) => other.at - one.at || RANK.indexOf(other.name) - RANK.indexOf(one.name));
  const messages = done.filter((event) => event.name.startsWith("message.")).length;
  return { status: last ? STATUS.get(last.name) : "open", messages };
}

// The work.

const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function carryOut(event) {
  for (let pause = 0.2; !(await callDownstream(event)); pause = Math.min(pause * 2, 5)) await sleep(pause);
  record({ done: event.id });
  event.done += 1;
}

async function callDownstream(event) {
  if (!DOWNSTREAM_URL) return true;
  try {
    const address = `${DOWNSTREAM_URL}/work/${encodeURIComponent(event.id)}`;
    const answer = await fetch(address, { method: "POST", body: "{}", signal: AbortSignal.timeout(60_000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

// The webhook.

function isGenuine(headers, raw) {
  const stamp = headers["x-timely-timestamp"] ?? "";
  const given = Buffer.from(headers["x-timely-signature"] ?? "");
  if (!/^[0-9]{1,14}$/.test(stamp)) return false;
  if (Math.abs(Date.now() / 1000 - Number(stamp)) > TOLERANCE_SECONDS) return false;
  return SECRETS.map((secret) => {
    const right = Buffer.from(createHmac("sha256", secret).update(`${stamp}.`).update(raw).digest("hex"));
    return right.length === given.length && timingSafeEqual(right, given);
  }).includes(true);
}

async function bodyOf(request) {
  const pieces = [];
  let size = 0;
  for await (const piece of request) {
    size += piece.length;
    if (size <= LARGEST) pieces.push(piece);
  }
  if (size > LARGEST) throw new Refusal(413, "too large");
  return Buffer.concat(pieces);
}

function read(raw) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    throw new Refusal(400, "unusable");
  }
}

const isText = (value) => typeof value === "string" && value !== "" && value.isWellFormed();

function moment(text) {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
  const at = /^\d{4}-\d\d-\d\d[T ]/.test(text) ? Date.parse(zoned) : NaN;
  if (Number.isNaN(at)) throw new Refusal(400, "unusable");
  return at;
}

function take(event) {
  if (!isText(event?.event_id) || !isText(event.event)) throw new Refusal(400, "unusable");
  if (TENANT && event.workspace_id !== TENANT) return "ignored";
  if (!KNOWN.has(event.event)) return "ignored";
  if (!isText(event.data?.conversation_id) || !isText(event.timestamp)) throw new Refusal(400, "unusable");
  if (events.has(event.event_id)) return "known";
  const { event_id: id, event: name } = event;
  const taken = { id, name, subject: event.data.conversation_id, at: moment(event.timestamp) };
  record({ taken });
  remember({ ...taken, done: 0 });
  carryOut(events.get(id));
  return "taken";
}

async function deliver(request) {
  if (request.method !== "POST") throw new Refusal(405, "only POST");
  const raw = await bodyOf(request);
  if (!isGenuine(request.headers, raw)) throw new Refusal(401, "refused");
  return take(read(raw));
}

function probe(query) {
  if (query.has("event_id")) return { count: events.get(query.get("event_id"))?.done ?? 0 };
  return { state: stateOf(query.get("subject")) };
}

async function answered(request) {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (pathname === "/hooks/timely") return deliver(request);
  if (pathname === "/golive/effects") return JSON.stringify(probe(searchParams));
  if (pathname === "/healthz") return "ok";
  throw new Refusal(404, "nothing here");
}

const server = createServer(async (request, response) => {
  try {
    const text = await answered(request);
    response.writeHead(200, { "Content-Type": text.startsWith("{") ? "application/json" : "text/plain" }).end(text);
  } catch (problem) {
    if (!(problem instanceof Refusal) && !request.errored) console.error(problem);
    response.writeHead(problem.status ?? 500, { "Content-Type": "text/plain" });
    response.end(problem instanceof Refusal ? problem.message : "");
  }
});

process.on("SIGTERM", () => {
  closeSync(journal);
  process.exit(0);
});

for (const event of events.values()) if (!event.done) carryOut(event);
server.listen(Number(PORT), "127.0.0.1");
