// Runs the shared vectors through the package. The rules of comparison are in tests/vectors/README.md. Also runs in browsers: it
// is handed the package and the texts of the files.

/** The text of each value of a JSON object, so that numbers keep their digits. */
export function rawEntries(text) {
  const entries = {};
  let at = text.indexOf("{") + 1;
  const white = () => { while (" \n\r\t".includes(text[at])) at += 1; };
  for (white(); text[at] !== "}"; white()) {
    if (text[at] === ",") { at += 1; white(); }
    const key = JSON.parse(text.slice(at, (at = valueEnd(text, at))));
    white();
    at += 1; // the colon
    white();
    const start = at;
    at = valueEnd(text, at);
    entries[key] = text.slice(start, at);
  }
  return entries;
}

/** The texts of the items of a JSON list. */
function rawItems(text) {
  const items = [];
  let at = text.indexOf("[") + 1;
  const white = () => { while (" \n\r\t,".includes(text[at])) at += 1; };
  for (white(); text[at] !== "]"; white()) {
    const start = at;
    at = valueEnd(text, at);
    items.push(text.slice(start, at));
  }
  return items;
}

function valueEnd(text, start) {
  let depth = 0, quoted = false, at = start;
  for (; at < text.length; at += 1) {
    const c = text[at];
    if (quoted) {
      if (c === "\\") at += 1;
      else if (c === '"') { quoted = false; if (depth === 0) return at + 1; }
    } else if (c === '"') quoted = true;
    else if (c === "{" || c === "[") depth += 1;
    else if (c === "}" || c === "]") { if (depth === 0) return at; depth -= 1; if (depth === 0) return at + 1; }
    else if (depth === 0 && ", \n\r\t".includes(c)) return at;
  }
  return at;
}

/**
 * The cases of a file: `{ name, clause, op, options, expect }` parsed, `policy`, `roster` and each option also as text. The
 * texts of a formula of the gallery stand for the policy and roster that its cases name.
 */
export function casesOf(text, formula) {
  return rawItems(rawEntries(text).cases).map((item) => {
    const raw = rawEntries(item);
    const { name, clause, op, options = {}, expect } = JSON.parse(item);
    const rawOptions = raw.options === undefined ? {} : rawEntries(raw.options);
    return { name, clause, op, options, rawOptions, expect, policy: raw.policy, roster: raw.roster, formula };
  });
}

/** What is wrong with a case's answer, or nothing. */
export function difference(api, given) {
  const { expect } = given;
  let answer;
  try {
    answer = answerOf(api, given);
  } catch (error) {
    if (!(error instanceof api.FundlayersError)) return `not a FundlayersError: ${error?.stack ?? error}`;
    if (expect.errors === undefined) return `an answer was expected, but there are errors:\n${error.message}`;
    return compare("errors", expect.errors, error.problems.filter((problem) => problem.severity === "error"));
  }
  if (expect.errors !== undefined) return `errors were expected, but there is an answer of ${answer.rows.length} rows`;
  return (expect.rows && compare("rows", expect.rows, answer.rows)) ?? (expect.warnings && compare("warnings", expect.warnings, answer.warnings));
}

function answerOf(api, given) {
  const { op, options, rawOptions } = given;
  const { Policy, Roster, Allocation, Assignments, CheckFigures, Limits, Projects, Receipts, Scenarios } = api;
  const used = [];
  const keep = (object) => (used.push(object), object);
  const { formula } = given;
  const named = (id) => (formula ? Policy.parse(formula.policy, { format: "toml" }) : Policy.builtIn(id));
  const policyOf = (raw, set) => {
    const id = JSON.parse(raw);
    const policy = keep(typeof id === "string" ? named(id) : Policy.parse(raw, { format: "json" }));
    return set && Object.keys(set).length > 0 ? keep(policy.withChanges(set)) : policy;
  };
  const rosterOf = (raw, policy, builtIn) => {
    if (raw !== undefined) return keep(Roster.parse(raw, policy, { format: "json" }));
    return keep(formula ? Roster.parse(formula.roster, policy, { format: "csv" }) : Roster.builtIn(builtIn ?? policy));
  };
  /** Every row through both doors, which must agree, and the warnings of all that it rests on. */
  const shown = (made) => {
    const table = keep(made);
    const { rows } = JSON.parse(table.toJson());
    // Sentences in cells are English in the file and Chinese in objects.
    const silent = (row) => (typeof row.text === "string" ? { ...row, text: "" } : row);
    const [written, objects] = [rows.map(silent), table.toRows().map(silent)];
    const wrong = compare("objects", written, objects) ?? compare("rows", objects, written);
    if (wrong) throw new Error(`toRows() and toJson() differ: ${wrong}`);
    return { rows, warnings: table.warnings };
  };
  /** A form: its rows, each with what the page says. */
  const printed = (form) => {
    const { rows, warnings } = shown(form);
    const text = { zh: pageText(form.toHtml({ lang: "zh" })), en: pageText(form.toHtml({ lang: "en" })) };
    return { rows: rows.map((row) => ({ ...row, text })), warnings };
  };
  try {
    const compares = op === "compare";
    // The changes of a comparison are those of its second side.
    const policy = policyOf(given.policy, compares ? undefined : options.set);
    if (op === "policy check") return { rows: [], warnings: policy.warnings };
    const { unit, zeros, wide, figures, years, by } = options;
    const roster = rosterOf(given.roster, policy);
    if (op === "roster check") {
      return { rows: [], warnings: [...policy.warnings, ...roster.warnings, ...roster.check(policy)] };
    }
    if (op === "scenarios") {
      const rows = rawOptions.scenario_rows;
      const list = keep(rows === undefined ? Scenarios.from(options.scenarios ?? []) : Scenarios.parse(rows, { format: "json" }));
      return shown(api.scenarios(policy, roster, list, { by, years, unit }));
    }
    if (op === "solve") {
      const { path = "", layer = "", payer, year, limit = "", step } = options;
      const solution = keep(api.solve(policy, roster, { path, layer, payer, year, limit, step, unit }));
      const text = { zh: solution.text("zh"), en: solution.text("en") };
      const { rows, warnings } = shown(solution.table());
      return { rows: rows.map((row) => ({ ...row, text })), warnings };
    }
    const allocation = keep(new Allocation(policy, roster, { years }));
    if (compares) {
      const other = rawOptions.with_policy ?? given.policy;
      const second = policyOf(other, options.set);
      const builtIn = typeof JSON.parse(other) === "string" ? second : policy;
      const secondRoster = rosterOf(rawOptions.with_roster ?? given.roster, second, builtIn);
      const after = keep(new Allocation(second, secondRoster, { years }));
      return shown(api.compare(allocation, after, by, { unit }));
    }
    switch (op) {
      case "allocate":
        return shown(allocation.table({ unit, zeros, wide, figures }));
      case "figures":
        return shown(allocation.figures(by));
      case "checks": {
        const known = rawOptions.figures === undefined ? [] : [keep(CheckFigures.parse(rawOptions.figures, policy, { format: "json" }))];
        return shown(allocation.checks(known, { by, open: options.open }));
      }
      case "totals":
        return shown(allocation.totals(by, { unit, zeros }));
      case "fund": {
        const limits = keep(Limits.parse(rawOptions.limits ?? "[]", policy, { format: "json" }));
        const { rule = "", order } = options;
        const funding = keep(allocation.fund(limits, order === undefined ? rule : { rule, order }));
        return shown(by === undefined ? funding.table({ unit, zeros }) : funding.totals(by, { unit }));
      }
      case "duties": {
        const rows = rawOptions.assignments;
        const register = rows === undefined ? undefined : keep(Assignments.parse(rows, { format: "json" }));
        const duties = keep(allocation.duties(register));
        if (options.unmatched) return shown(duties.unmatched());
        if (options.coverage) return shown(duties.coverage(by));
        return shown(by === undefined ? duties.table({ missing: options.missing ?? false }) : duties.totals(by));
      }
      case "reconcile": {
        const ledger = keep(Receipts.parse(rawOptions.receipts ?? "[]", { format: "json" }));
        const { top_up: topUp, top_up_years: topUpYears, as_of: asOf, unmatched } = options;
        const reconciliation = keep(allocation.reconcile(ledger, { topUp, topUpYears, asOf }));
        return shown(unmatched ? reconciliation.unmatched({ unit })
          : by === undefined ? reconciliation.table({ unit, zeros })
          : reconciliation.totals(by, { unit, zeros }));
      }
      case "form": {
        const { form, unit, places, total_first: totalFirst, set_text: setText, receipts, top_up: topUp, top_up_years: topUpYears, as_of: asOf } = options;
        const asked = { unit, places, totalFirst, setText, ...(rawOptions.text && { text: rawOptions.text }) };
        const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
        const planning = rawOptions.projects === undefined ? undefined
          : keep(allocation.projects(keep(Projects.parse(rawOptions.projects, { format: "json" })), receipts === undefined ? { asOf } : {}));
        if (receipts !== undefined) {
          const ledger = keep(Receipts.parse(rawOptions.receipts, { format: "json" }));
          return printed(keep(allocation.reconcile(ledger, { topUp, topUpYears, asOf })).form(form, { ...given, ...(planning && { projects: planning }) }));
        }
        if (planning) return printed(planning.form(form, given));
        if (rawOptions.assignments !== undefined) return printed(keep(allocation.duties(keep(Assignments.parse(rawOptions.assignments, { format: "json" })))).form(form, given));
        const figures = rawOptions.figures === undefined ? undefined : keep(CheckFigures.parse(rawOptions.figures, policy, { format: "json" }));
        return printed(allocation.form(form, { ...given, ...(figures && { figures }) }));
      }
      case "projects": {
        const register = keep(Projects.parse(rawOptions.projects ?? "[]", { format: "json" }));
        const planning = keep(allocation.projects(register, { asOf: options.as_of }));
        switch (options.list ?? "amounts") {
          case "amounts":
            return shown(by === undefined ? planning.table({ unit, zeros }) : planning.totals(by, { unit, zeros }));
          case "shares":
            return shown(planning.shares(by, { unit }));
          default:
            return shown(planning[options.list]({ unit }));
        }
      }
      case "explain":
        if (rawOptions.receipts !== undefined) {
          const { top_up: topUp, top_up_years: topUpYears, recipient, year } = options;
          const ledger = keep(Receipts.parse(rawOptions.receipts, { format: "json" }));
          const told = keep(keep(allocation.reconcile(ledger, { topUp, topUpYears })).explained(recipient, { years: year, unit }));
          return { rows: told.places, warnings: told.warnings };
        }
        return { rows: allocation.explain(options.recipient, { years: options.year, unit }), warnings: allocation.warnings };
      default:
        throw new Error(`the runner does not know the operation ${op}`);
    }
  } finally {
    for (const object of used) object.free();
  }
}

/** What a page says, without its elements; a line to write on as in text. */
function pageText(html) {
  const marks = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };
  return html.replace(/<style>[\s\S]*?<\/style>/g, "").replace(/<span class="blank">.*?<\/span>/g, "____________").replace(/<[^>]*>/g, "").replace(/&(#?\w+);/g, (all, mark) => marks[mark] ?? all);
}

/** As many, in this order, equal on the keys that are given. */
function compare(what, expected, found) {
  if (expected.length !== found.length) {
    return `${expected.length} ${what} were expected, ${found.length} found:\n${found.map((part) => JSON.stringify(part)).join("\n")}`;
  }
  for (const [number, part] of expected.entries()) {
    const found_ = given(part, found[number]);
    if (found_) return `${what} ${number + 1}: ${found_}`;
  }
  return undefined;
}

function given(expected, found) {
  if (Array.isArray(expected)) return Array.isArray(found) ? compare("parts", expected, found) : `a list was expected, found ${JSON.stringify(found)}`;
  if (typeof expected === "object" && expected !== null) {
    for (const [key, part] of Object.entries(expected)) {
      const wrong = key === "text" && typeof part === "object" ? lacking(part, found?.[key]) : given(part, found?.[key] ?? null);
      if (wrong) return `${key}: ${wrong}`;
    }
    return undefined;
  }
  return expected === found ? undefined : `${JSON.stringify(expected)} was expected, found ${JSON.stringify(found)}`;
}

/** Sentences contain what is given of them. */
function lacking(expected, found) {
  for (const [lang, part] of Object.entries(expected)) {
    if (!found?.[lang]?.includes(part)) return `${lang}: ${part} is not in ${found?.[lang]}`;
  }
  return undefined;
}
