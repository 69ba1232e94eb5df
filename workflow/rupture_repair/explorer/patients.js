// Single patients: a list to filter, and the course of one. Only on a private page.
const patientViews = (tools, panels, data, ask) => {
  const at = (id) => document.getElementById(id);
  const { html, points } = tools;
  const [find, pattern, was, sort, list] = ["find", "pattern", "was", "sort", "list"].map(at);
  const names = new Intl.Collator("en", { numeric: true });
  const MAX_LISTED = 500; // options of the list; stepping reaches all
  const last = (value, other) => (value === null ? other : value);
  const ORDERS = {
    largest: (a, b) => last(b.drop, -1) - last(a.drop, -1),
    smallest: (a, b) => last(a.drop, 1e9) - last(b.drop, 1e9),
    margin: (a, b) => last(a.ratio, 1e9) - last(b.ratio, 1e9),
    id: () => 0,
  };
  let people = [];
  let shown = [];
  let current = "";
  let record = null;
  let drawnAt = 0;

  const wide = () => Math.max(280, Math.min(900, Math.round(at("course").clientWidth) || 700));

  function draw() {
    if (!record) return;
    drawnAt = wide();
    const opened = at("course").contains(document.activeElement);
    at("course").replaceChildren(tools.card(record, drawnAt));
    if (opened) at("next").focus();
  }

  function step(place) {
    const person = shown[Math.max(0, Math.min(shown.length - 1, place))];
    current = person?.id ?? "";
    const here = shown.indexOf(person);
    list.selectedIndex = here < MAX_LISTED ? here : -1;
    at("previous").setAttribute("aria-disabled", here <= 0);
    at("next").setAttribute("aria-disabled", here === shown.length - 1);
    if (!person) {
      at("place").textContent = "No patient fits.";
      at("course").replaceChildren();
      record = null;
      return;
    }
    const before = person.own === person.now ? "" : ` (own rule: ${panels.LABELS[person.own].toLowerCase()})`;
    at("place").textContent = `${here + 1} of ${shown.length}: patient ${person.id}, ${panels.LABELS[person.now].toLowerCase()}${before}`;
    ask(person.id);
  }

  const place = () => shown.findIndex((person) => person.id === current);

  function choose() {
    const wanted = find.value.trim().toLowerCase();
    shown = people
      .filter((p) => !pattern.value || p.now === pattern.value)
      .filter((p) => !was.value || (was.value === "changed" ? p.own !== p.now : p.own === was.value))
      .filter((p) => p.id.toLowerCase().includes(wanted))
      .sort((a, b) => ORDERS[sort.value](a, b) || names.compare(a.id, b.id));
    at("listed").textContent = `Patients (${shown.length} of ${people.length}${shown.length > MAX_LISTED ? `, the first ${MAX_LISTED} listed` : ""})`;
    list.replaceChildren(...shown.slice(0, MAX_LISTED).map((p) =>
      html("option", {}, `${p.id} · ${panels.LABELS[p.now].toLowerCase()}${p.drop === null ? "" : ` · drop ${points(p.drop)}`}`)));
    step(Math.max(0, place()));
  }

  function pick(from, to) {
    [was.value, pattern.value, find.value] = [from, to, ""];
    current = "";
    choose();
    at("h-patients").scrollIntoView({ block: "start" });
    list.focus({ preventScroll: true });
  }

  find.addEventListener("input", choose);
  for (const filter of [pattern, was]) filter.addEventListener("change", choose);
  sort.addEventListener("change", () => {
    current = "";
    choose();
  });
  list.addEventListener("change", () => step(list.selectedIndex));
  at("previous").addEventListener("click", () => step(place() - 1));
  at("next").addEventListener("click", () => step(place() + 1));
  document.addEventListener("keydown", (event) => {
    const busy = event.target.closest("input, select, textarea, [tabindex='0'], summary");
    if (busy || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !shown.length) return;
    const goals = { ArrowLeft: place() - 1, ArrowRight: place() + 1, Home: 0, End: shown.length - 1 };
    if (!(event.key in goals)) return;
    event.preventDefault();
    step(goals[event.key]);
  });
  const narrow = window.matchMedia("(max-width: 50rem)");
  const fit = () => {
    list.size = narrow.matches ? 1 : 14;
  };
  narrow.addEventListener("change", fit);
  fit();

  return {
    pick,
    list: (found) => {
      people = found.id.map((id, i) => ({
        id: String(id), own: found.own[i], now: found.now[i], drop: found.drop[i], ratio: found.ratio[i],
      }));
      choose();
    },
    course: (found) => {
      if (found.patient?.id !== current) return; // another was asked for meanwhile
      data.window = found.window;
      record = found.patient;
      draw();
    },
    redraw: () => wide() !== drawnAt && draw(),
  };
};
