// A right client with Node's own fetch: many calls in one loop, listings as ids only, answers passed on as they came.

import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";

const env = (name) => Number(process.env[name]);
const VENDOR = process.env.VENDOR;
const BASE = env("RETRY_BASE_SECONDS");
const TRY_SECONDS = env("TRY_SECONDS");
const CALL_SECONDS = env("CALL_SECONDS");
const POLL_SECONDS = env("POLL_SECONDS");
const POLL_BUDGET_SECONDS = env("POLL_BUDGET_SECONDS");
const LARGEST = 8 * 1024 * 1024;
const TRIES = 4;

const now = () => performance.now() / 1000;
const sleep = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const log = (said) => process.stderr.write(JSON.stringify({ client: "shop-node", ...said }) + "\n");

class Failed extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}
const later = () => new Failed("backend", "Something does not work at the moment. Please try again in a while.");

// [method, path, needed arguments, kind of listing, whether it may be sent again whatever happened]
const site = "/m2m/sites/{site_id}";
const integrations = "/sites/{site_id}/integrations";
const ROUTES = {
  timely: {
    list_contacts: ["GET", "/contacts", [], "numbered", true],
    list_conversations: ["GET", "/conversations", [], "numbered", true],
    create_contact: ["POST", "/contacts", ["customer_name"], "", false],
    update_contact: ["PUT", "/contacts/{contact_id}", ["contact_id"], "", true],
    send_message: ["POST", "/conversations/{conversation_id}/messages", ["conversation_id", "content"], "", false],
  },
  augno: {
    list_units: ["GET", "/v1/catalog/units", [], "cursor", true],
    list_customers: ["GET", "/v1/sales/customers", [], "cursor", true],
    get_unit: ["GET", "/v1/catalog/units/{id}", ["id"], "", true],
    create_unit: ["POST", "/v1/catalog/units", ["name", "abbreviation", "type", "ratio_numerator",
      "ratio_denominator", "offset_numerator", "offset_denominator"], "", true],
    update_unit: ["PATCH", "/v1/catalog/units/{id}", ["id"], "", true],
  },
  uppzy: {
    get_limits: ["GET", "/m2m/tenants/{tenant_id}/limits", [], "", true],
    chat: ["POST", `${site}/chat`, ["session_id", "message"], "", false],
    chat_async: ["POST", `${site}/chat/async`, ["session_id", "message"], "", false],
    get_chat_request: ["GET", `${site}/chat/requests/{request_id}`, ["request_id"], "", true],
    send_feedback: ["POST", `${site}/chat/feedback`, ["session_id", "request_id", "feedback"], "", true],
    create_text_document: ["POST", `${site}/documents/text`, ["title", "content"], "", false],
  },
  selwise: {
    list_integrations: ["GET", integrations, [], "whole", true],
    get_integration: ["GET", `${integrations}/{provider}`, ["provider"], "", true],
    put_integration: ["PUT", `${integrations}/{provider}`, ["provider"], "", true],
    test_integration: ["POST", `${integrations}/{provider}/test`, ["provider"], "", false],
    list_integration_logs: ["GET", `${integrations}/{provider}/logs`, ["provider"], "offset", true],
  },
};

const OF_THE_USER = new Set(["VALIDATION_ERROR", "MISSING_REQUIRED_FIELD", "INVALID_PHONE_FORMAT", "NOT_FOUND",
  "AGENT_NOT_FOUND", "CONVERSATION_NOT_FOUND", "CONTACT_NOT_FOUND", "CHANNEL_NOT_FOUND", "WEBHOOK_NOT_FOUND",
  "DUPLICATE_WEBHOOK_URL", "CHANNEL_ALREADY_CONNECTED", "PAYLOAD_TOO_LARGE", "validation_failed", "missing_field",
  "invalid_format", "parameter_invalid", "resource_exists", "resource_conflict"]);

// What all calls share: a pause that the vendor asked for, how many requests go at once, how many retries are left.
const gate = { opensAt: 0, width: 8, inside: 0, retries: 8 };

async function enter(deadline) {
  while (gate.opensAt > now() || gate.inside >= Math.floor(gate.width)) {
    if (Math.max(gate.opensAt, now()) >= deadline) throw later();
    await sleep(Math.max(gate.opensAt - now(), 0) + 0.01 + Math.random() * 0.2);
  }
  gate.inside += 1;
}

function leave(status, wait) {
  gate.inside -= 1;
  if (status === 429) gate.width = Math.max(1, gate.width / 2);
  else if (status > 0 && status < 400) {
    gate.width = Math.min(8, gate.width + 0.2);
    gate.retries = Math.min(8, gate.retries + 0.2);
  }
  if (wait !== null && wait < 3600) gate.opensAt = Math.max(gate.opensAt, now() + wait);
}

function headersOf(method, call) {
  const headers = { accept: "application/json", "user-agent": "shop-node/1.2", "x-request-id": randomUUID() };
  if (VENDOR === "uppzy") headers["X-API-Key"] = call.api_key;
  else if (VENDOR === "timely") headers["x-api-key"] = call.api_key;
  else headers.Authorization = `Bearer ${call.api_key}`;
  if (VENDOR === "augno") {
    headers["Augno-Version"] = "1.0.forge-preview.3";
    if (method === "POST" || method === "PATCH") headers["Idempotency-Key"] = randomUUID();
  }
  return headers;
}

// Seconds that Retry-After asks for; null: it does not, or in no way that can be read.
function retryAfter(headers) {
  const value = (headers.get("retry-after") ?? "").trim();
  if (/^[0-9]+$/.test(value)) return Number(value);
  if (!/^[A-Z][a-z]{2}, /.test(value)) return null;
  const until = Date.parse(value);
  const from = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(until) ? null : Math.max(0, (until - (Number.isNaN(from) ? Date.now() : from)) / 1000);
}

function nothingLeft(headers) {
  for (const prefix of ["ratelimit", "x-ratelimit"]) {
    const reset = headers.get(`${prefix}-reset`) ?? "";
    if (headers.get(`${prefix}-remaining`) === "0" && /^[0-9]+$/.test(reset)) {
      return Number(reset) > 1e6 ? Math.max(0, Number(reset) - Date.now() / 1000) : Number(reset);
    }
  }
  return null;
}

async function once(method, url, headers, body, deadline) {
  const left = Math.max(0.05, Math.min(TRY_SECONDS, deadline - now()));
  const signal = AbortSignal.timeout(left * 1000);
  const answer = await fetch(url, { method, headers, body, redirect: "manual", signal });
  const pieces = [];
  let size = 0;
  if (answer.body !== null) {
    for await (const piece of answer.body) {
      size += piece.length;
      if (size > LARGEST) throw new Error("the answer is too large");
      pieces.push(piece);
    }
  }
  return { status: answer.status, headers: answer.headers, bytes: Buffer.concat(pieces) };
}

function textOf(reply) {
  const charset = /charset="?([\w-]+)/i.exec(reply.headers.get("content-type") ?? "")?.[1] ?? "utf-8";
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(reply.bytes);
    return { text, body: JSON.parse(text) };
  } catch {
    return null;
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function errorIn(body) {
  if (!isObject(body)) return null;
  if (isObject(body.error)) return body.error;
  const whole = ["id", "request_id", "data", "success"].some((name) => (body[name] ?? null) !== null);
  return (body.error && !whole) || body.statusCode >= 400 ? body : null;
}

function failureOf(status, error) {
  const told = typeof error?.code === "string"
    ? OF_THE_USER.has(error.code)
    : [400, 404, 409, 413, 415, 422].includes(status >= 400 ? status : error?.statusCode ?? error?.status);
  if (!told) return later();
  const field = /^[\w.[\]-]{1,64}$/.test(error?.param ?? "") ? ` (${error.param})` : "";
  return new Failed("user", `Please look at what you have entered${field}.`);
}

const isTrouble = (reply, said) => (reply.status === 409
  ? said?.body?.error?.code === "idempotency_in_progress"
  : [408, 425, 429, 500, 502, 503, 504].includes(reply.status));

async function asked(route, call, given, query, deadline) {
  const [method, template, , , safe] = route;
  const left = { ...given };
  const path = template.replace(/{(\w+)}/g, (_, name) => {
    const value = name in left ? left[name] : call.ids[name];
    delete left[name];
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams(query).toString();
  const url = call.base_url + path + (search ? `?${search}` : "");
  const headers = headersOf(method, call);
  let body;
  if (method !== "GET" && Object.keys(left).length > 0) {
    body = JSON.stringify(left);
    headers["content-type"] = "application/json";
  }
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    await enter(deadline);
    let reply = null;
    let wait = null;
    let unsent = false;
    let status = 0;
    try {
      reply = await once(method, url, headers, body, deadline);
      status = reply.status;
      wait = retryAfter(reply.headers);
    } catch (problem) {
      const code = problem.cause?.code ?? problem.name;
      unsent = ["ECONNREFUSED", "UND_ERR_CONNECT_TIMEOUT"].includes(code);
      log({ operation: call.operation, attempt, problem: code });
      if (String(code).includes("CERT") || String(code).includes("SIGNED")) { leave(0, null); throw later(); }
    }
    const waits = status === 429 || status === 503 ? wait : null;
    leave(status, waits ?? (reply === null ? null : nothingLeft(reply.headers)));
    const said = reply === null ? null : textOf(reply);
    if (reply !== null && !isTrouble(reply, said)) return read(call, reply, said);
    if (reply !== null) log({ operation: call.operation, attempt, status, ...kept(reply, said) });
    const again = unsent || safe || status === 429 || status === 409;
    const pause = Math.max(wait ?? 0, BASE * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
    gate.retries -= 1;
    if (!again || attempt === TRIES || gate.retries < 0 || now() + pause > deadline) throw later();
    await sleep(pause);
  }
  throw later();
}

function kept(reply, said) {
  const { code, type, title } = errorIn(said?.body) ?? said?.body ?? {};
  return { request: reply.headers.get("request-id") ?? reply.headers.get("x-request-id"), code, type, title };
}

function read(call, reply, said) {
  const error = errorIn(said?.body);
  if (reply.status >= 200 && reply.status < 300 && said !== null && error === null) return said;
  log({ operation: call.operation, status: reply.status, ...kept(reply, said) });
  if (reply.status < 300 && error === null) throw later();
  throw failureOf(reply.status, error ?? (isObject(said?.body) ? said.body : {}));
}

function itemsOf(body) {
  let found = Array.isArray(body) ? body : body?.data ?? body?.items;
  if (isObject(found)) found = found.items;
  if (!Array.isArray(found)) throw later();
  return found.map((item) => String(item.id ?? item.provider));
}

function nextPage(kind, body, query, received) {
  if (kind === "numbered") {
    const total = body.meta?.total_pages ?? body.pagination?.total_pages ?? 1;
    return query.page < total ? { ...query, page: query.page + 1 } : null;
  }
  if (kind === "cursor") {
    const url = body.page_info?.next_page_url;
    const cursor = body.page_info?.next_cursor ?? (url ? new URL(url, "http://x").searchParams.get("cursor") : null);
    return cursor ? { ...query, cursor } : null;
  }
  return kind === "offset" && received === query.limit ? { ...query, offset: query.offset + received } : null;
}

async function listed(route, call, deadline) {
  const first = { numbered: { page: 1, per_page: 100, limit: 100 }, cursor: {}, offset: { limit: 100, offset: 0 } };
  const ids = new Set();
  let query = first[route[3]] ?? {};
  for (let pages = 0; pages < 250; pages += 1) {
    const { body } = await asked(route, call, call.arguments, query, deadline);
    const page = itemsOf(body);
    if (page.length > 0 && page.every((id) => ids.has(id))) throw later();
    page.forEach((id) => ids.add(id));
    query = nextPage(route[3], body, query, page.length);
    if (query === null) return JSON.stringify({ items: [...ids].map((id) => ({ id })) });
  }
  throw later();
}

function check(route, given) {
  for (const name of route[2]) {
    const value = given[name];
    if (value === undefined || value === null || (typeof value === "string" && value.trim() === "")) {
      throw new Failed("user", `Please enter ${name}.`);
    }
  }
  for (const [name, value] of Object.entries(given)) {
    if (name.includes("email") && typeof value === "string" && !/^[^@]+@[^@]+$/.test(value)) {
      throw new Failed("user", `Please look at ${name}.`);
    }
  }
}

// Returns JSON as text: what the vendor answered is passed on as it came, so that numbers keep their digits.
async function done(call) {
  const deadline = now() + CALL_SECONDS;
  if (call.operation === "chat_async_and_wait") return waited(call, deadline);
  const route = ROUTES[VENDOR][call.operation];
  check(route, call.arguments);
  if (route[3]) return listed(route, call, deadline);
  const { text, body } = await asked(route, call, call.arguments, {}, deadline);
  if (!isObject(body)) throw later();
  if (route[0] === "GET") return text.replace(/[\r\n]+/g, " ");
  const inner = isObject(body.data) ? body.data : body;
  const id = inner.id ?? inner.request_id ?? call.arguments.provider ?? call.arguments.id;
  if (id === undefined) throw later();
  return JSON.stringify({ id });
}

async function waited(call, deadline) {
  const { chat_async: ask, get_chat_request: poll } = ROUTES[VENDOR];
  check(ask, call.arguments);
  const { body: told } = await asked(ask, call, call.arguments, {}, deadline);
  if (typeof told.request_id !== "string") throw later();
  const end = Math.min(deadline, now() + POLL_BUDGET_SECONDS);
  while (now() + POLL_SECONDS < end) {
    await sleep(POLL_SECONDS);
    const { body: state } = await asked(poll, call, { request_id: told.request_id }, {}, deadline);
    if (state.status === "failed") throw later();
    if (state.status === "completed") return JSON.stringify({ id: told.request_id, answer: state.answer });
  }
  throw later();
}

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  done(call).then(
    (result) => process.stdout.write(`{"call_id":${JSON.stringify(call.call_id)},"ok":true,"result":${result}}\n`),
    (failed) => {
      if (!(failed instanceof Failed)) throw failed;
      const error = { kind: failed.kind, message: failed.message };
      process.stdout.write(JSON.stringify({ call_id: call.call_id, ok: false, error }) + "\n");
    },
  );
}
