"use strict";
// Whatever comes from the sandbox goes into the page as text (textContent), never as markup.

const SHOWN = 200;
const POLL_MS = 1000;
const LONG = 60;
const SHORT = 34;
const byId = (id) => document.getElementById(id);
let requests = [];
let polling = false;
let lost = false;
let where = {};
const drawn = new Map();

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = String(text);
  if (className) made.className = className;
  return made;
}

async function call(path, method = "GET", body) {
  const answer = await fetch("_admin/" + path, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error || `the sandbox answered ${answer.status}`);
  return found;
}

function tell(trouble) {
  byId("trouble").textContent = trouble ? trouble.message : "";
  byId("trouble").hidden = !trouble;
}

// Does something, tells what went wrong, and shows what is there afterwards.
async function act(deed) {
  try {
    await deed();
    await showAll();
    tell(null);
  } catch (trouble) {
    tell(trouble);
  }
}

function cell(value) {
  const made = element("td");
  const isLong = value !== null && typeof value === "object" && JSON.stringify(value).length > LONG;
  if (isLong) {
    const more = element("details");
    more.append(element("summary", Array.isArray(value) ? `${value.length} entries` : "more"));
    more.append(element("pre", JSON.stringify(value, null, 1)));
    made.append(more);
  } else if (value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length)) {
    made.textContent = "-";
  } else {
    made.textContent = typeof value === "object" ? JSON.stringify(value) : String(value);
    if (made.textContent.length <= SHORT) made.className = "short";
  }
  return made;
}

function table(rows) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const made = element("table");
  const head = made.createTHead().insertRow();
  for (const column of columns) head.append(element("th", column));
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const column of columns) line.append(cell(row[column]));
  }
  const frame = element("div", null, "scroll");
  frame.append(made);
  return frame;
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

// Lists of things become tables, whatever the vendor calls them; the rest is one table of names and values.
function vendorPart(name, state) {
  const part = element("div");
  part.dataset.vendor = name;
  part.append(element("h3", name));
  const rest = [];
  for (const [key, value] of Object.entries(state)) {
    if (Array.isArray(value) && value.length && value.every(isObject)) {
      part.append(element("h4", `${key} (${value.length})`), table(value));
    } else if (isObject(value)) {
      for (const [inner, held] of Object.entries(value)) rest.push({ name: `${key}.${inner}`, value: held });
    } else {
      rest.push({ name: key, value: Array.isArray(value) && !value.length ? "none" : value });
    }
  }
  const more = element("details");
  more.append(element("summary", "settings and counts"), table(rest));
  part.append(more);
  return part;
}

async function showState() {
  const state = await call("state");
  byId("now").textContent = state.clock.now.replace("T", " ").slice(0, 19) + " UTC";
  byId("where").textContent = `${where.sandbox}, scenario ${state.scenario}`;
  // What has not changed is left alone: somebody may be reading it.
  const before = new Map([...byId("state").children].map((part) => [part.dataset.vendor, part]));
  const parts = Object.entries(state.vendors).map(([name, held]) => {
    const told = JSON.stringify(held);
    if (drawn.get(name) === told && before.has(name)) return before.get(name);
    drawn.set(name, told);
    return vendorPart(name, held);
  });
  byId("state").replaceChildren(...parts);
}

async function showFaults() {
  const faults = await call("faults");
  if (!faults.length) {
    byId("faults").replaceChildren(element("p", "none"));
    return;
  }
  const frame = table(faults);
  frame.querySelector("thead tr").append(element("th"));
  [...frame.querySelectorAll("tbody tr")].forEach((row, number) => {
    const button = element("button", "Remove");
    button.type = "button";
    button.addEventListener("click", () => act(() => call(`faults?id=${faults[number].id}`, "DELETE")));
    row.append(element("td"));
    row.lastChild.append(button);
  });
  byId("faults").replaceChildren(frame);
}

function requestRow(record) {
  const row = element("tr");
  row.tabIndex = 0;
  row.dataset.id = record.id;
  const status = record.status === null ? "no answer" : record.status;
  const tone = record.status === null || record.status >= 400 ? "bad" : "good";
  row.append(
    element("td", record.id),
    element("td", record.time.slice(11, 19)),
    element("td", `${record.vendor} ${record.host}`),
    element("td", record.method),
    element("td", record.path + (record.query ? `?${record.query}` : "")),
    element("td", status, tone),
    element("td", record.fault || ""),
  );
  const open = () => {
    byId("request").textContent = JSON.stringify(record, null, 1);
    byId("request").hidden = false;
  };
  row.addEventListener("click", open);
  row.addEventListener("keydown", (event) => event.key === "Enter" && open());
  return row;
}

async function showRequests() {
  // Those without an answer yet are asked for again.
  const waiting = requests.filter((record) => record.status === null).map((record) => record.id);
  const last = requests.length ? requests[requests.length - 1].id : 0;
  const after = Math.min(last, ...waiting.map((id) => id - 1));
  const fresh = await call(`requests?after=${after}&last=${SHOWN}`);
  requests = [...requests.filter((record) => record.id <= after), ...fresh].slice(-SHOWN);
  byId("requests").replaceChildren(...requests.map(requestRow).reverse());
}

async function showAll() {
  await Promise.all([showState(), showFaults(), showRequests()]);
}

async function poll() {
  if (polling || !byId("watch").checked) return;
  polling = true;
  try {
    await showAll();
    // What an operator did wrong stays until the next deed; what polling could not do is over.
    if (lost) tell(null);
    lost = false;
  } catch (trouble) {
    lost = true;
    tell(trouble);
  } finally {
    polling = false;
  }
}

function onSubmit(id, deed) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act(deed);
  });
}

function options(select, values) {
  for (const value of values) select.append(element("option", value));
}

async function start() {
  where = await call("");
  options(byId("fault-vendor"), where.vendors);
  options(byId("fault-kind"), where.fault_kinds);
  options(byId("reset-scenario"), where.scenarios);
  byId("reset-scenario").value = where.scenario;
  byId("reset-seed").value = where.seed;
  await showAll();
  document.body.dataset.ready = "yes";
}

for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () => act(() => call("clock", "POST", { advance: Number(button.dataset.advance) })));
}
onSubmit("clock-form", () => call("clock", "POST", { set: byId("clock-set").value }));
onSubmit("fault-form", () => {
  let more;
  try {
    more = JSON.parse(byId("fault-options").value || "{}");
  } catch {
    throw new Error("the options are not JSON");
  }
  return call("faults", "POST", {
    vendor: byId("fault-vendor").value || null,
    method: byId("fault-method").value || null,
    path: byId("fault-path").value,
    times: byId("fault-times").value ? Number(byId("fault-times").value) : null,
    skip: Number(byId("fault-skip").value),
    fault: { kind: byId("fault-kind").value, ...more },
  });
});
onSubmit("reset-form", async () => {
  await call("reset", "POST", { scenario: byId("reset-scenario").value, seed: Number(byId("reset-seed").value) });
  requests = [];
});
byId("faults-clear").addEventListener("click", () => act(() => call("faults", "DELETE")));
byId("requests-clear").addEventListener("click", () =>
  act(async () => {
    await call("requests", "DELETE");
    requests = [];
    byId("request").hidden = true;
  }),
);
start().catch(tell);
setInterval(poll, POLL_MS);
