// The specification curve of the run: point at a specification to read it, take it over to go there.
const specificationCurve = (tools, panels, data, take) => {
  const { svg, html } = tools;
  const at = (id) => document.getElementById(id);
  const { curve, names } = data;
  const n = curve.estimate.length;
  const slider = at("curve-at");
  const parts = Object.keys(data.own).filter((name) => name in curve);
  let here = null;
  let geometry = null;
  slider.max = Math.max(1, n);

  const say = (value) => (value === null ? "any" : String(value).replaceAll("_", " "));

  const own = curve.origin.indexOf("own");

  function reading(i) {
    const shares = panels.PATTERNS.filter((p) => curve[`percent_${p}`][i] !== null)
      .map((p) => `${panels.LABELS[p].toLowerCase()} ${panels.number(curve[`percent_${p}`][i])}%`);
    const interval = panels.interval(curve.ci_low[i], curve.ci_high[i], 2);
    const changed = parts.filter((name) => curve[name][i] !== data.own[name]);
    const choices = (changed.length ? changed : parts)
      .map((name) => `${names[name].toLowerCase()} ${say(curve[name][i])}`);
    return [
      `Number ${i + 1} of ${n}: ${panels.number(curve.estimate[i], 2)} ${interval}`,
      shares.join(", "),
      `${changed.length ? "Not as in the cohort’s own analysis" : "The cohort’s own analysis"}: ${choices.join(", ")}.`,
    ].filter(Boolean);
  }

  function point(i) {
    slider.value = i + 1;
    const lines = reading(i);
    slider.setAttribute("aria-valuetext", lines.join("; "));
    at("reading").replaceChildren(...lines.map((line) => html("span", {}, line)));
    if (geometry) {
      const x = geometry.x(i);
      for (const end of ["x1", "x2"]) geometry.pointer.setAttribute(end, x);
    }
  }

  function draw() {
    const place = at("curve");
    if (!n) {
      place.textContent = "The run has no specification with an estimate.";
      return;
    }
    const [width, height, left] = [panels.wide(place), 190, 40];
    const sorted = (values) => [...values].sort((a, b) => a - b);
    // a few very wide intervals would press all else flat
    const low = sorted(curve.ci_low)[Math.floor(0.03 * n)];
    const high = sorted(curve.ci_high)[Math.ceil(0.97 * n) - 1];
    const least = Math.min(low, curve.estimate[0], here ?? 0, 0);
    const most = Math.max(high, curve.estimate[n - 1], here ?? 0, 0);
    const x = (i) => left + 6 + (i / Math.max(1, n - 1)) * (width - left - 12);
    const y = (value) =>
      14 + (1 - (Math.max(least, Math.min(most, value)) - least) / (most - least || 1)) * (height - 28);
    const marks = [];
    for (const tick of panels.steps(least, most, 5)) {
      marks.push(svg("line", { class: tick ? "grid" : "zero", x1: left, x2: width, y1: y(tick), y2: y(tick) }));
      marks.push(svg("text", { x: left - 6, y: y(tick) + 4, "text-anchor": "end", class: "soft" }, panels.number(tick, Number.isInteger(tick) ? 0 : 1)));
    }
    const spans = curve.ci_low.map((value, i) => `M${x(i).toFixed(1)},${y(value).toFixed(1)}V${y(curve.ci_high[i]).toFixed(1)}`);
    marks.push(svg("path", { class: "span", d: spans.join("") }));
    for (let i = 0; i < n; i += 1) {
      const clear = curve.p[i] < 0.05 ? " clear" : "";
      const mark = i === own ? " own" : "";
      marks.push(svg("circle", { class: `dot${clear}${mark}`, cx: x(i), cy: y(curve.estimate[i]), r: mark ? 5 : 2, "data-value": reading(i).join("; ") }));
    }
    if (here !== null) {
      const rank = curve.estimate.filter((value) => value < here).length;
      const middle = x(Math.min(rank, n - 1));
      marks.push(svg("line", { class: "here", x1: left, x2: width, y1: y(here), y2: y(here), opacity: 0.45 }));
      marks.push(svg("path", { class: "flag", d: `M${middle - 7},${y(here) - 15}h14l-7,12z` }));
    }
    const pointer = svg("line", { class: "pointer", x1: -9, x2: -9, y1: 4, y2: height - 4 });
    const label = `Specification curve of ${n} estimates from ${panels.number(curve.estimate[0], 2)} to ${panels.number(curve.estimate[n - 1], 2)}.`;
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...marks, pointer);
    const nearest = (event) => {
      const box = drawing.getBoundingClientRect();
      const share = (((event.clientX - box.left) / box.width) * width - left - 6) / (width - left - 12);
      return Math.max(0, Math.min(n - 1, Math.round(share * (n - 1))));
    };
    drawing.addEventListener("pointermove", (event) => point(nearest(event)));
    drawing.addEventListener("click", (event) => point(nearest(event)));
    place.replaceChildren(drawing);
    geometry = { x, pointer };
  }

  function show(found) {
    here = found.estimate;
    at("where").textContent = !found.place ? "Without an estimate this choice has no place on the curve."
      : `▼ This choice: ${found.place.lower} of ${found.place.of} specifications have a lower estimate. ` +
        "● the cohort’s own analysis; dark: p < .05.";
    draw();
  }

  slider.addEventListener("input", () => point(Number(slider.value) - 1));
  at("take").addEventListener("click", () => {
    const i = Number(slider.value) - 1;
    if (n) take(Object.fromEntries(parts.map((name) => [name, curve[name][i]])));
  });
  draw();
  if (n) point(own < 0 ? 0 : own);
  return { show, draw };
};
