// Pictures and sentences of the results. tools: `svg`, `html`; nothing of the data is parsed as HTML.
const drawPanels = (tools, data) => {
  const { svg, html } = tools;
  const at = (id) => document.getElementById(id);
  const PATTERNS = ["none", "unrepaired", "repaired"];
  const LABELS = { none: "No rupture", unrepaired: "Unrepaired", repaired: "Repaired",
    unclassifiable: "Unclassifiable", "left out": "Left out" };
  const KINDS = { permuted: "by chance: random order", simulated: "by chance: no-rupture model" };
  const studies = Object.keys(data.studies);

  const number = (value, digits = 1) =>
    value === null || value === undefined ? "–" : value.toFixed(digits).replace("-", "−");
  const interval = (low, high, digits) => `[${number(low, digits)}, ${number(high, digits)}]`;
  const wide = (element) => Math.max(280, Math.round(element.clientWidth) || 500);
  const text = (x, y, words, more = {}) => svg("text", { x, y, ...more }, words);
  const probability = (p) =>
    p === null ? "–" : p < 0.001 ? "< .001" : `= ${p.toFixed(3).replace("0.", ".")}`;

  // round steps that cut a range into at most so many parts
  function steps(low, high, most) {
    const rough = (high - low) / most || 1;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999);
    const found = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9; n += 1) found.push(n * step);
    return found;
  }

  const SHAPES = {
    published: (x, y) => svg("path", { class: "mark", d: `M${x},${y - 6}l6,6l-6,6l-6,-6z` }),
    other: (x, y) => svg("path", { class: "mark", d: `M${x},${y - 6}l6,10h-12z` }),
    permuted: (x, y) => svg("circle", { class: "mark", cx: x, cy: y, r: 4 }),
    simulated: (x, y) => svg("rect", { class: "mark", x: x - 4, y: y - 4, width: 8, height: 8 }),
  };
  const shapeOf = (study) => (studies.indexOf(study) === 0 ? SHAPES.published : SHAPES.other);

  function chanceOf(chance, kind, pattern) {
    if (!chance) return null;
    const { rows } = chance;
    const i = rows.kind.findIndex((k, n) => k === kind && rows.pattern[n] === pattern);
    return i < 0 ? null : { expected: rows.expected_percent[i], low: rows.low[i], high: rows.high[i] };
  }

  function breakdown(found, chance) {
    const place = at("breakdown");
    const width = wide(place);
    const [left, right, row] = [88, 108, 84];
    const all = PATTERNS.flatMap((p) => [
      found.percent[p] ?? 0,
      ...studies.map((s) => data.studies[s][p] ?? 0),
      ...Object.keys(KINDS).map((k) => chanceOf(chance, k, p)?.high ?? 0),
    ]);
    const most = Math.min(100, Math.max(20, Math.ceil(Math.max(...all) / 10) * 10));
    const x = (percent) => left + (percent / most) * (width - left - right);
    const height = row * PATTERNS.length + 26;
    const marks = [];
    for (let tick = 0; tick <= most; tick += most > 50 ? 20 : 10) {
      marks.push(svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: 0, y2: height - 22 }));
      marks.push(text(x(tick), height - 6, `${tick}%`, { "text-anchor": "middle", class: "soft" }));
    }
    const parts = [];
    PATTERNS.forEach((pattern, n) => {
      const y = n * row + 26;
      const percent = found.percent[pattern];
      const count = found.n[pattern];
      marks.push(text(left - 10, y + 5, LABELS[pattern], { "text-anchor": "end" }));
      if (percent !== null) {
        const bar = { class: `bar ${pattern}`, x: left, y: y - 13, width: x(percent) - left, height: 26 };
        marks.push(svg("rect", bar));
      }
      const words = percent === null ? "masked" : `${number(percent)}% (${count ?? "–"})`;
      marks.push(text(width - right + 8, y + 5, words, { class: "value" }));
      parts.push(`${LABELS[pattern]} ${words}`);
      for (const study of studies) {
        const share = data.studies[study][pattern];
        if (share !== null && share !== undefined) marks.push(shapeOf(study)(x(share), y));
      }
      Object.keys(KINDS).forEach((kind, m) => {
        const by = chanceOf(chance, kind, pattern);
        if (!by) return;
        const level = y + 24 + m * 13;
        marks.push(svg("line", { class: "whisker", x1: x(by.low), x2: x(by.high), y1: level, y2: level }));
        marks.push(SHAPES[kind](x(by.expected), level));
      });
    });
    const label = `Bars of patients by rupture pattern: ${parts.join("; ")}.`;
    const drawing = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label };
    place.replaceChildren(svg("svg", drawing, ...marks));
    legend(chance);
    table(found, chance);
  }

  function legend(chance) {
    const entry = (shape, words) =>
      html("li", {}, svg("svg", { viewBox: "0 0 16 12", "aria-hidden": "true" }, shape(8, 6)), words);
    at("legend").replaceChildren(
      ...studies.map((study) => entry(shapeOf(study), study)),
      ...Object.entries(KINDS).map(([kind, words]) =>
        entry(SHAPES[kind], chance ? words : `${words} (computing)`)),
    );
  }

  function table(found, chance) {
    const kinds = Object.keys(KINDS);
    const heads = ["Pattern", "Patients", "%", ...studies, ...kinds.map((k) => `${KINDS[k]}, %`)];
    const rows = PATTERNS.map((p) => [
      LABELS[p], found.n[p] ?? "–", number(found.percent[p]),
      ...studies.map((s) => number(data.studies[s][p])),
      ...kinds.map((k) => {
        const by = chanceOf(chance, k, p);
        return by ? `${number(by.expected)} ${interval(by.low, by.high)}` : "…";
      }),
    ]);
    if (found.n.unclassifiable) {
      rows.push([LABELS.unclassifiable, found.n.unclassifiable, ...heads.slice(2).map(() => "")]);
    }
    at("breakdown-table").replaceChildren(plainTable("Patients by rupture pattern", heads, rows));
  }

  function plainTable(caption, heads, rows) {
    const cell = (words, i) => html(i ? "td" : "th", i ? {} : { scope: "row" }, String(words));
    return html("table", {}, html("caption", {}, caption),
      html("thead", {}, html("tr", {}, ...heads.map((h) => html("th", { scope: "col" }, h)))),
      html("tbody", {}, ...rows.map((row) => html("tr", {}, ...row.map(cell)))));
  }

  function moves(found, pick) {
    const moved = found.moves;
    if (!moved) {
      at("moved").textContent = "Not shown: small cells would tell of single patients.";
      at("moves").replaceChildren();
      return;
    }
    const share = moved.of ? (100 * moved.changed) / moved.of : 0;
    at("moved").textContent = moved.changed
      ? `${moved.changed} of ${moved.of} patients (${number(share)}%) are in another class than by the cohort’s own rule.`
      : "Nobody: every patient is in the class of the cohort’s own rule.";
    const heads = moved.columns.map((name) => html("th", { scope: "col" }, `${LABELS[name]} now`));
    const rows = moved.rows.map((was, i) => {
      const cells = moved.columns.map((now, j) => {
        const n = moved.n[i][j];
        const kind = was === now ? "stayed" : n ? "moved" : "";
        if (!n || !pick || now === "left out") return html("td", { class: kind }, String(n));
        const words = `${n} patients, ${LABELS[was]} before, ${LABELS[now]} now: show them`;
        const button = html("button", { type: "button", "aria-label": words }, String(n));
        button.addEventListener("click", () => pick(was, now));
        return html("td", { class: kind }, button);
      });
      return html("tr", {}, html("th", { scope: "row" }, LABELS[was]), ...cells);
    });
    const caption = `By the cohort’s own rule, ${data.ownName} (rows), and as chosen (columns)`;
    at("moves").replaceChildren(html("table", { class: "moves" }, html("caption", {}, caption),
      html("thead", {}, html("tr", {}, html("td", {}), ...heads)), html("tbody", {}, ...rows)));
  }

  function hazard(found) {
    const place = at("hazard");
    if (!found.session.length) {
      place.textContent = "Not shown: by session there are too few patients to tell of.";
      return;
    }
    const [width, height, left, bottom] = [wide(place), 230, 44, 46];
    const enough = found.session.filter((s, i) => (found.n_at_risk[i] ?? 0) >= 10);
    const last = Math.max(2, ...enough);
    const rows = found.session.map((session, i) => ({
      session, at: found.hazard[i], low: found.hazard_low[i], high: found.hazard_high[i],
      risk: found.n_at_risk[i], n: found.n_first_ruptures[i],
    })).filter((r) => r.session <= last && r.at !== null);
    const most = Math.min(1, Math.max(0.05, ...rows.map((r) => Math.min(r.high, 2.5 * r.at + 0.05))));
    const x = (s) => left + 8 + ((s - 1) / (last - 1)) * (width - left - 24);
    const y = (share) => 10 + (1 - Math.min(share, most) / most) * (height - bottom - 10);
    const marks = [];
    for (const step of steps(0, most, 5)) {
      const level = y(step);
      marks.push(svg("line", { class: "grid", x1: left, x2: width - 12, y1: level, y2: level }));
      marks.push(text(left - 6, level + 4, `${number(100 * step, 0)}%`, { "text-anchor": "end", class: "soft" }));
    }
    const every = Math.max(1, Math.ceil(last / (width < 420 ? 6 : 12)));
    for (let s = 1; s <= last; s += every) {
      marks.push(text(x(s), height - 26, String(s), { "text-anchor": "middle", class: "soft" }));
    }
    marks.push(text((left + width) / 2, height - 6, "Session (at least 10 patients at risk)", { "text-anchor": "middle", class: "soft" }));
    for (const r of rows) {
      const words = `Session ${r.session}: ${number(100 * r.at)}% ${interval(100 * r.low, 100 * r.high)}, ${r.n ?? "–"} of ${r.risk ?? "–"} at risk`;
      marks.push(svg("g", {}, svg("title", {}, words),
        svg("line", { class: "whisker", x1: x(r.session), x2: x(r.session), y1: y(r.low), y2: y(r.high) }),
        svg("circle", { class: "dot clear", cx: x(r.session), cy: y(r.at), r: 4 })));
    }
    const top = rows.reduce((best, r) => (best && best.at >= r.at ? best : r), null);
    const label = top
      ? `Share of patients at risk with their first rupture, by session; highest with ${number(100 * top.at)}% at session ${top.session}.`
      : "No patient is at risk of a rupture.";
    const drawing = { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label };
    place.replaceChildren(svg("svg", drawing, ...marks));
  }

  function moderation(found) {
    const unit = `${data.outcome} points per SD of interpersonal problems until session ${data.atSession}`;
    if (found.estimate === null) {
      at("estimate").textContent = "Not estimated";
      at("evidence").textContent = `${found.reason ?? "No reason is known"}.`;
      return;
    }
    at("estimate").replaceChildren(number(found.estimate, 2), html("small", {}, ` ${interval(found.ci_low, found.ci_high, 2)}`));
    const passed = found.certificate === "passed";
    const badge = html("span", { class: passed ? "passed" : "failed" },
      passed ? "✓ certified optimum" : `Certificate: ${found.certificate}`);
    const patients = found.n_patients === null ? "" : `${found.n_patients} patients, `;
    at("evidence").replaceChildren(
      `${unit}; repaired patterns against no rupture. t(${number(found.df)}) = ${number(found.statistic, 2)}, `,
      html("i", {}, "p"), ` ${probability(found.p)}. ${patients}${found.n_sessions} ratings. `, badge,
      found.boundary ? ` At the boundary: ${found.boundary}.` : "");
  }

  function brief(found, fitted) {
    const shares = PATTERNS.map((p) => html("span", {}, html("i", { class: p }),
      `${LABELS[p]} ${found.percent[p] === null ? "–" : `${number(found.percent[p])}%`}`));
    const words = !fitted ? "…" : fitted.estimate === null ? "not estimated"
      : `${number(fitted.estimate, 2)} ${interval(fitted.ci_low, fitted.ci_high, 2)}`;
    at("brief").replaceChildren(...shares, html("span", {}, `Moderation ${words}`));
  }

  return { breakdown, moves, hazard, moderation, brief, number, interval, wide, steps, LABELS, PATTERNS };
};
