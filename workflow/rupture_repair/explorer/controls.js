// The controls: they hold the choice, and say when a hand moved one of them.
const choiceControls = (data, moved) => {
  const at = (id) => document.getElementById(id);
  const named = at("criterion");
  const form = at("controls");
  const controls = [...form.querySelectorAll("[data-choice]")];
  const rule = Object.keys(Object.values(data.criteria)[0] ?? {});
  let content = { ...data.own };

  const isNumber = (control) => control.tagName === "INPUT";
  const read = (control) => (isNumber(control) ? Number(control.value) : JSON.parse(control.value));

  function write(control, value) {
    if (isNumber(control)) {
      control.value = value ?? "";
      return;
    }
    const wanted = JSON.stringify(value);
    const there = [...control.options].find((option) => JSON.parse(option.value) === value);
    if (!there) control.append(new Option(value === null ? "any" : String(value), wanted));
    control.value = there ? there.value : wanted;
  }

  function reach() {
    // points of the questionnaire have another range than multiples of a spread
    if (at("k").type !== "range") return;
    const points = data.alliance.maximum - data.alliance.minimum;
    at("k").max = Math.max(content.scale === "absolute" ? points : 4, content.k);
    at("k").min = Math.min(0.5, content.k);
  }

  // what a hand is on is left alone
  function show(known, name, also) {
    content = { ...known };
    reach();
    for (const control of controls) {
      const part = control.dataset.choice;
      if (control !== document.activeElement || !isNumber(control)) write(control, content[part]);
      const label = control.closest("label");
      label.classList.toggle("changed", content[part] !== data.own[part]);
    }
    if (at("k-number") && document.activeElement !== at("k-number")) at("k-number").value = content.k;
    at("reliability-row").hidden = content.scale !== "rci";
    named.value = name;
    at("also").hidden = !also;
    at("also").textContent = also ? `This rule has more parts: ${also}.` : "";
  }

  function change(parts) {
    content = { ...content, ...parts };
    if (content.scale === "rci" && content.reliability === null) content.reliability = 0.8;
    moved(content);
  }

  for (const control of controls) {
    control.addEventListener("input", () => {
      if (isNumber(control) && (control.value === "" || !control.validity.valid)) return;
      if (control.id === "k" && at("k-number")) at("k-number").value = control.value;
      change({ [control.dataset.choice]: read(control) });
    });
  }
  at("k-number")?.addEventListener("input", (event) => {
    const k = Number(event.target.value);
    if (k > 0) change({ k });
  });
  named.addEventListener("change", () => {
    const chosen = data.criteria[named.value];
    if (chosen) change(Object.fromEntries(rule.map((part) => [part, chosen[part]])));
  });
  at("reset").addEventListener("click", () => change(data.own));
  form.addEventListener("submit", (event) => event.preventDefault());
  return { show, change, content: () => content };
};
