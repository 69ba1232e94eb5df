"use strict";
// The course of one patient: alliance with ruptures, symptoms below, and the numbers as tables.
// data: `window` (sessions in which a repair counts, or null), the axes `alliance` and `symptoms`.
const drawCourses = (data) => {
  const SVG = "http://www.w3.org/2000/svg";
  let opened = false;
  const length = (patient) => Math.max(...patient.sessions);

  // Text goes in as text and attributes as attributes: nothing of the data is ever parsed as HTML.
  function make(space, name, attributes, children) {
    const element = space ? document.createElementNS(space, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }
  const html = (name, attributes = {}, ...children) => make(null, name, attributes, children);
  const svg = (name, attributes = {}, ...children) => make(SVG, name, attributes, children);

  const points = (value) => (value === null ? "–" : value.toFixed(2));
  const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  const rated = (patient) => patient.alliance.filter((value) => value !== null).length;

  function outcome(rupture) {
    if (rupture.repaired_at !== null) return `repaired at session ${rupture.repaired_at}`;
    return rupture.observable ? "not repaired" : "not known: last rated session";
  }

  function summary(patient) {
    const parts = patient.ruptures.map(
      (r) =>
        `session ${r.session}, from ${points(r.reference)} to ${points(r.rating)}, ` +
        `a drop of ${points(r.drop)} with a threshold of ${points(r.threshold)}, ${outcome(r)}`,
    );
    return (
      `${plural(length(patient), "session")}, ${rated(patient)} with an alliance rating; ` +
      `${plural(patient.ruptures.length, "rupture")}: ${parts.join("; ")}.`
    );
  }

  function niceStep(span, most) {
    const rough = span / most;
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= rough - 1e-9);
  }

  function ticks(low, high, most) {
    const step = niceStep(high - low, most);
    const found = [];
    for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + 1e-9; tick += step) {
      found.push(Math.round(tick * 1e6) / 1e6);
    }
    return found;
  }

  const LEFT = 44;
  const RIGHT = 16;

  function panel(patient, role, width, top, height, x) {
    const tool = data[role];
    const y = (value) =>
      top + height - ((value - tool.minimum) / (tool.maximum - tool.minimum)) * height;
    const parts = [];
    for (const tick of ticks(tool.minimum, tool.maximum, 5)) {
      parts.push(svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }));
      const label = svg("text", { x: LEFT - 8, y: y(tick) + 4, "text-anchor": "end" }, String(tick));
      parts.push(label);
    }
    const better = tool.higher_is === "better" ? "up is better" : "down is better";
    const name = role === "alliance" ? "Alliance" : "Symptoms";
    const heading = `${name} (${tool.short} points, ${better})`;
    parts.push(svg("text", { class: "soft", x: 4, y: top - 12 }, heading));
    const values = patient[role];
    let last = null;
    const kind = role === "symptoms" ? " symptoms" : "";
    const dots = [];
    values.forEach((value, i) => {
      const here = x(patient.sessions[i]);
      if (value === null) {
        const tick = { class: "missing", x1: here, x2: here, y1: top + height - 7, y2: top + height };
        dots.push(svg("line", tick));
        return;
      }
      if (last !== null) {
        const gap = patient.sessions[i] - patient.sessions[last] > 1 ? " gap" : "";
        parts.push(
          svg("line", {
            class: `course${kind}${gap}`,
            x1: x(patient.sessions[last]),
            y1: y(values[last]),
            x2: here,
            y2: y(value),
          }),
        );
      }
      dots.push(svg("circle", { class: `rating${kind}`, cx: here, cy: y(value), r: 3 }));
      last = i;
    });
    return { parts: [...parts, ...dots], y };
  }

  function ruptureMarks(patient, rupture, x, y) {
    const seen = patient.sessions.filter((s, i) => patient.alliance[i] !== null);
    const before = Math.max(...seen.filter((s) => s < rupture.session), patient.sessions[0]);
    const windowEnd = data.window === null ? Infinity : rupture.last_session + data.window;
    const end = rupture.repaired_at ?? Math.min(length(patient), windowEnd);
    const line = (kind, from, to, level) =>
      svg("line", { class: kind, x1: x(from), x2: x(to), y1: y(level), y2: y(level) });
    const limit = rupture.reference - rupture.threshold;
    const to = x(rupture.last_session);
    const marks = [
      line("reference", before, Math.max(end, rupture.last_session), rupture.reference),
      svg("line", { class: "limit", x1: x(before), x2: to + 10, y1: y(limit), y2: y(limit) }),
      svg("line", { class: "fallen", x1: to, x2: to, y1: y(rupture.reference), y2: y(rupture.rating) }),
    ];
    if (rupture.repair_level < rupture.reference - 1e-6 && end > rupture.last_session) {
      marks.push(line("needed", rupture.last_session, end, rupture.repair_level));
    }
    const low = y(rupture.rating);
    marks.push(svg("path", { class: "fall", d: `M${to - 7},${low - 6}h14l-7,12z` }));
    if (rupture.repaired_at !== null) {
      const i = patient.sessions.indexOf(rupture.repaired_at);
      const [back, high] = [x(rupture.repaired_at), y(patient.alliance[i])];
      marks.push(svg("path", { class: "return", d: `M${back - 7},${high + 6}h14l-7,-12z` }));
    }
    return marks;
  }

  function chart(patient, width) {
    const tall = width < 560 ? [190, 110] : [240, 130];
    const tops = [28, 28 + tall[0] + 44];
    const bottom = tops[1] + tall[1];
    const last = Math.max(length(patient), 2);
    const x = (session) => LEFT + 10 + ((session - 1) / (last - 1)) * (width - LEFT - RIGHT - 20);
    const drawing = svg("svg", {
      viewBox: `0 0 ${width} ${bottom + 46}`,
      role: "img",
      "aria-label": `Alliance and symptoms of patient ${patient.id} by session. ${summary(patient)}`,
    });
    ["alliance", "symptoms"].forEach((role, i) => {
      const { parts, y } = panel(patient, role, width, tops[i], tall[i], x);
      drawing.append(...parts);
      if (role === "alliance") {
        for (const rupture of patient.ruptures) drawing.append(...ruptureMarks(patient, rupture, x, y));
      } else {
        for (const rupture of patient.ruptures) {
          const here = x(rupture.last_session);
          const mark = { class: "fallen", x1: here, x2: here, y1: tops[1], y2: bottom };
          drawing.append(svg("line", mark));
        }
      }
    });
    const step = Math.max(1, niceStep(last, width < 560 ? 7 : 14));
    for (let session = 1; session <= last; session += session === 1 && step > 1 ? step - 1 : step) {
      const place = { x: x(session), y: bottom + 18, "text-anchor": "middle" };
      drawing.append(svg("text", place, String(session)));
    }
    const middle = { class: "soft", x: (LEFT + width - RIGHT) / 2, y: bottom + 38, "text-anchor": "middle" };
    drawing.append(svg("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: bottom, y2: bottom }));
    drawing.append(svg("text", middle, "Session"));
    return drawing;
  }

  function table(caption, heading, rows) {
    const head = html("tr", {}, ...heading.map((words) => html("th", { scope: "col" }, words)));
    const body = rows.map((row) =>
      html(
        "tr",
        {},
        ...row.map((cell, i) => html(i ? "td" : "th", i ? {} : { scope: "row" }, String(cell))),
      ),
    );
    const made = html(
      "table",
      {},
      html("caption", {}, caption),
      html("thead", {}, head),
      html("tbody", {}, ...body),
    );
    return html("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, made);
  }

  function card(patient, width) {
    const level = "▼ rupture, △ repair; long dashes: level before the rupture, to be regained; " +
      "short dashes: threshold, at or below which a rating has fallen far enough; dotted course: sessions " +
      "between were not rated; tick at the foot: no rating.";
    const ruptures = patient.ruptures.map((r) => [
      r.session === r.last_session ? r.session : `${r.session}–${r.last_session}`,
      points(r.reference),
      points(r.rating),
      points(r.drop),
      points(r.threshold),
      points(r.repair_level),
      outcome(r),
    ]);
    const heading = ["Session", "Before", "Rating", "Drop", "Threshold", "Needed for repair", "Repair"];
    const ratings = patient.sessions.map((session, i) => [
      session,
      points(patient.alliance[i]),
      points(patient.symptoms[i]),
    ]);
    const all = html(
      "details",
      opened ? { open: "" } : {},
      html("summary", {}, "All ratings"),
      table("Ratings by session", ["Session", data.alliance.short, data.symptoms.short], ratings),
    );
    all.addEventListener("toggle", () => {
      opened = all.open; // stays so from patient to patient
    });
    return html(
      "article",
      {},
      html("h2", {}, `Patient ${patient.id}: ${patient.pattern}`),
      html("figure", {}, chart(patient, width), html("figcaption", {}, level)),
      table(`Ruptures (${data.alliance.short} points)`, heading, ruptures),
      all,
    );
  }

  return { card, html, svg, points, length };
};
