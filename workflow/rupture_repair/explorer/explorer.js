// One choice at a time is on its way to the server; a slider that is dragged sends the last one only.
(() => {
  const at = (id) => document.getElementById(id);
  const data = JSON.parse(at("data").textContent);
  const tools = drawCourses(data);
  const panels = drawPanels(tools, data);
  const timings = []; // milliseconds from a hand's move to each result; benchmarks read them
  window.explorer = { timings, data, state: {} };

  let version = 0;
  let underway = 0;
  let waiting = false;
  let query = location.search.slice(1);
  const started = new Map();
  const found = { breakdown: null, chance: null, moderation: null, hazard: null };

  const send = (name, value) => window.Shiny.setInputValue(name, value, { priority: "event" });
  const written = (value) => (value === null ? "null" : String(value));
  const asQuery = (content) =>
    new URLSearchParams(Object.entries(content).map(([name, value]) => [name, written(value)])).toString();

  function turnTo(next) {
    query = next;
    started.set(version + 1, performance.now());
    if (underway) {
      waiting = true; // what was asked for is still computed: the newest follows it
      return;
    }
    ask();
  }

  function ask() {
    waiting = false;
    version += 1;
    underway = version;
    if (!started.has(version)) started.set(version, performance.now());
    busy("Detecting");
    send("choice", { version, query });
  }

  function arrived() {
    underway = 0;
    if (waiting) ask();
  }

  function busy(words) {
    at("progress").textContent = words ? `${words} …` : "";
    at("progress").classList.toggle("busy", Boolean(words));
  }

  function timed(part, message) {
    const begun = started.get(message.version);
    if (begun !== undefined) timings.push({ part, version: message.version, ms: performance.now() - begun });
    window.explorer.state[part] = message;
  }

  const controls = choiceControls(data, (content) => turnTo(asQuery(content)));
  const curve = specificationCurve(tools, panels, data, (parts) => controls.change(parts));
  const patients = at("list")
    ? patientViews(tools, panels, data, (id) => send("patient", { id, at: performance.now() }))
    : null;

  const handlers = {
    choice: (message) => {
      window.explorer.state.choice = message;
      at("refused").hidden = true;
      if (waiting) return;
      query = message.query;
      controls.show(message.content, message.named, message.also);
      history.replaceState(null, "", `?${message.query}`);
      carry();
    },
    breakdown: (message) => {
      found.breakdown = message;
      found.chance = found.moderation = null;
      panels.breakdown(message, null);
      panels.moves(message, patients?.pick);
      panels.brief(message, null);
      at("estimate").setAttribute("aria-busy", "true");
      at("hazard").setAttribute("aria-busy", "true");
      timed("breakdown", message);
      busy("Fitting the model");
      arrived();
    },
    moderation: (message) => {
      found.moderation = message;
      at("estimate").removeAttribute("aria-busy");
      panels.moderation(message);
      panels.brief(found.breakdown, message);
      curve.show(message);
      timed("moderation", message);
      busy("Hazard by session");
    },
    hazard: (message) => {
      found.hazard = message;
      at("hazard").removeAttribute("aria-busy");
      panels.hazard(message);
      timed("hazard", message);
      busy("Comparing with chance");
    },
    patients: (message) => patients?.list(message),
    chance: (message) => {
      found.chance = message;
      panels.breakdown(found.breakdown, message);
      timed("chance", message);
      busy("");
    },
    refused: (message) => {
      at("refused").hidden = false;
      at("refused").textContent = message.why;
      at("drawer").open = true;
      window.explorer.state.refused = message;
      busy("");
      arrived();
    },
    yaml: (message) => {
      for (const kind of ["criterion", "row"]) at(`yaml-${kind}`).textContent = message[kind];
    },
    file: ({ name, text }) => {
      const kind = name.endsWith(".svg") ? "image/svg+xml" : "text/csv";
      if (!text) return;
      const address = URL.createObjectURL(new Blob([text], { type: kind }));
      tools.html("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10000);
      window.explorer.state.file = { name, text };
    },
    patient: (message) => patients?.course(message),
    write: ({ message }) => {
      at("written").textContent = message;
    },
  };
  // of an older choice nothing is shown
  const dated = new Set(["choice", "breakdown", "moderation", "hazard", "patients", "chance", "refused"]);
  for (const [kind, handle] of Object.entries(handlers)) {
    window.Shiny.addCustomMessageHandler(kind, (message) => {
      if (!dated.has(kind) || message.version === version) handle(message);
    });
  }

  function carry() {
    send("yaml", { query, name: at("name").value.trim(), at: performance.now() });
  }

  const copied = async (text, words, where) => {
    try {
      await navigator.clipboard.writeText(text);
      where.textContent = words;
    } catch {
      where.textContent = text; // to be copied by hand
    }
  };
  at("name").addEventListener("input", carry);
  at("link").addEventListener("click", () => copied(location.href, "The link to these choices was copied.", at("linked")));
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copied(at(button.dataset.copy).textContent, "Copied.", at("written")));
  }
  for (const button of document.querySelectorAll("[data-file]")) {
    button.addEventListener("click", () => send("file", { name: button.dataset.file, at: performance.now() }));
  }
  at("write")?.addEventListener("click", () => {
    at("written").textContent = "Writing …";
    send("write", { query, name: at("name").value.trim(), use: at("use").checked, at: performance.now() });
  });

  if (window.matchMedia("(max-width: 50rem)").matches) at("drawer").open = false;
  window.addEventListener("resize", () => {
    if (found.breakdown) panels.breakdown(found.breakdown, found.chance);
    if (found.hazard) panels.hazard(found.hazard);
    curve.draw();
    patients?.redraw();
  });
  window.addEventListener("popstate", () => turnTo(location.search.slice(1)));
  window.jQuery(document).on("shiny:sessioninitialized", () => ask());
  window.jQuery(document).on("shiny:disconnected", () => {
    at("gone").hidden = false;
    busy("");
  });
})();
