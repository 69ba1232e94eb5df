"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const [find, pattern, sort, list] = ["find", "pattern", "sort", "list"].map(at);

  const { card, html, points, length } = drawCourses(data);

  const names = new Intl.Collator("en", { numeric: true });
  const largest = (patient) => Math.max(...patient.ruptures.map((r) => r.drop));
  const margin = (patient) => Math.min(...patient.ruptures.map((r) => r.drop / r.threshold));
  const byName = (a, b) => names.compare(a.id, b.id);
  const ORDERS = {
    largest: (a, b) => largest(b) - largest(a) || byName(a, b),
    smallest: (a, b) => largest(a) - largest(b) || byName(a, b),
    margin: (a, b) => margin(a) - margin(b) || byName(a, b),
    longest: (a, b) => length(b) - length(a) || byName(a, b),
    id: byName,
  };

  let shown = [];
  let current = data.patients[0] ?? null;
  let drawnAt = 0;

  function wide() {
    return Math.max(300, Math.min(900, Math.round(at("cards").clientWidth) || 700));
  }

  function show(patient) {
    current = patient;
    const place = shown.indexOf(patient);
    list.selectedIndex = place;
    at("previous").setAttribute("aria-disabled", place <= 0);
    at("next").setAttribute("aria-disabled", place === shown.length - 1);
    if (place < 0) {
      const wanted = find.value.trim();
      at("place").textContent = wanted
        ? `No patient shown has “${wanted}” in the id: not flagged, another pattern, or not in the cohort.`
        : "No patient has a rupture of this pattern.";
      at("cards").replaceChildren();
      return;
    }
    at("place").textContent = `${place + 1} of ${shown.length}: patient ${patient.id}, ${patient.pattern}`;
    drawnAt = wide();
    at("cards").replaceChildren(card(patient, drawnAt));
  }

  function choose() {
    const wanted = find.value.trim().toLowerCase();
    shown = data.patients
      .filter((p) => !pattern.value || p.pattern === pattern.value)
      .filter((p) => p.id.toLowerCase().includes(wanted))
      .sort(ORDERS[sort.value]);
    at("shown").textContent = `Patients (${shown.length} of ${data.patients.length})`;
    list.replaceChildren(
      ...shown.map((p) => {
        return html("option", {}, `${p.id} · ${p.pattern} · drop ${points(largest(p))}`);
      }),
    );
    const exact = wanted && shown.find((p) => p.id.toLowerCase() === wanted);
    show(exact || (!wanted && shown.includes(current) ? current : shown[0]) || null);
  }

  function step(to) {
    if (shown.length) show(shown[Math.max(0, Math.min(shown.length - 1, to))]);
  }

  find.addEventListener("input", choose);
  pattern.addEventListener("change", choose);
  sort.addEventListener("change", () => {
    current = null; // a new order is read from its beginning
    choose();
  });
  list.addEventListener("change", () => step(list.selectedIndex));
  at("previous").addEventListener("click", () => step(shown.indexOf(current) - 1));
  at("next").addEventListener("click", () => step(shown.indexOf(current) + 1));
  document.addEventListener("keydown", (event) => {
    const own = event.target.closest("input, select, textarea, [tabindex='0']");
    if (own || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const place = shown.indexOf(current);
    const goals = { ArrowLeft: place - 1, ArrowRight: place + 1, Home: 0, End: shown.length - 1 };
    if (event.key in goals) {
      event.preventDefault();
      step(goals[event.key]);
    }
  });
  const narrow = window.matchMedia("(max-width: 50rem)");
  const fit = () => {
    list.size = narrow.matches ? 1 : 18;
  };
  narrow.addEventListener("change", fit);
  window.addEventListener("resize", () => {
    if (wide() !== drawnAt) show(current);
  });
  at("print-all").addEventListener("click", () => {
    at("cards").replaceChildren(...shown.map((patient) => card(patient, 700)));
    window.print();
  });
  window.addEventListener("afterprint", () => show(current));
  fit();
  choose();
})();
