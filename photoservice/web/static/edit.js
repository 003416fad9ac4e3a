/* The editor: one tool at a time, a preview from the service as the controls move, steps back and forth, comparing.
   The form's fields are what is saved; without this script the same form does the same. */
"use strict";

(() => {
  const form = document.getElementById("editor");
  const part = (name) => form.querySelector(`[data-part="${name}"]`);
  const shown = part("shown"), stage = part("stage"), frame = part("frame"), cutting = part("cutting"), cut = part("cut");
  const { image } = form.dataset, width = Number(form.dataset.width), height = Number(form.dataset.height);
  const SLOW_MS = 300, TOOL = "twincheck.tool";

  let tool = "crop", state = editState.read(form), comparing = false;
  let steps = [state], at = 0;
  const canServer = { undo: !part("undo").disabled, redo: !part("redo").disabled };

  /* The preview: the newest wins. One that is under way is let finish, so that a slider shows something while it moves;
     one that takes long is dropped for the newer. */
  const side = () => {
    const need = Math.max(stage.clientWidth, stage.clientHeight) * (navigator.connection?.saveData ? 1 : window.devicePixelRatio);
    return [640, 960, 1280].find((one) => one >= need) ?? 1280;
  };
  const address = () => {
    const code = comparing ? "" : editState.code(state, { cropped: tool !== "crop" });
    return `/my/images/${image}/preview?side=${side()}&d=${encodeURIComponent(code)}`;
  };
  let under = null, isStale = false, last = "", busy = 0, patience = 0;

  const refresh = () => {
    clearTimeout(patience);
    const left = under ? SLOW_MS - (performance.now() - under.since) : 0;
    if (left > 0) {
      isStale = true;
      patience = setTimeout(refresh, left);
      return;
    }
    under?.control.abort();
    load();
  };
  const load = async () => {
    const wanted = address(), mine = { control: new AbortController(), since: performance.now() };
    isStale = false;
    if (wanted === last) return hint("");
    under = mine;
    busy ||= setTimeout(() => { part("busy").hidden = false; }, 600);
    try {
      const answer = await fetch(wanted, { signal: mine.control.signal });
      if (answer.status === 503 || answer.status === 429) return void setTimeout(refresh, 1000);
      if (!answer.ok) throw new Error(String(answer.status));
      const made = URL.createObjectURL(await answer.blob()), picture = new Image();
      picture.src = made;
      await picture.decode();
      if (under !== mine) return URL.revokeObjectURL(made);
      const old = shown.src;
      shown.src = made;
      shown.alt = comparing ? shown.dataset.original : shown.dataset.edited;
      hint("");
      last = wanted;
      if (old.startsWith("blob:")) URL.revokeObjectURL(old);
    } catch (trouble) {
      if (trouble.name !== "AbortError") twincheck.say(form.dataset.slow, { bad: true });
    } finally {
      if (under === mine) {
        under = null;
        busy = void clearTimeout(busy);
        part("busy").hidden = true;
        if (isStale) {
          clearTimeout(patience);
          load();
        }
      }
    }
  };
  const hint = (how) => { shown.style.transform = how; };

  /* What the controls say, and where they stand. */
  const draw = () => {
    for (const output of form.querySelectorAll("output[data-of]")) {
      const value = state[output.dataset.of];
      output.value = `${value > 0 ? "+" : ""}${value}${output.dataset.unit}`;
    }
    const isCropping = tool === "crop" && !comparing;
    cutting.hidden = !isCropping;
    editCrop.place(cut, state.crop);
    part("whole").hidden = editState.isWhole(state.crop);
    const area = part("said-area"), per = (one) => String(Math.round(one * 100));
    const told = area.dataset.words.replace("{width}", per(state.crop.w)).replace("{height}", per(state.crop.h));
    const says = editState.isWhole(state.crop) ? "" : told;
    if (area.textContent !== says) area.textContent = says;
    part("undo").disabled = !(at > 0 || canServer.undo);
    part("redo").disabled = !(at < steps.length - 1 || (canServer.redo && steps.length === 1));
  };
  const set = (next) => {
    state = next;
    editState.write(form, state);
    draw();
  };
  const keep = () => {
    if (JSON.stringify(steps[at]) === JSON.stringify(state)) return;
    steps = [...steps.slice(0, at + 1), state];
    at += 1;
    draw();
  };
  const go = (to) => {
    at = to;
    set(steps[at]);
    refresh();
  };

  /* Tools as tabs. */
  const open = (name, { focus = false } = {}) => {
    tool = name;
    for (const tab of form.querySelectorAll("[role=tab]")) {
      const isOn = tab.dataset.tool === name;
      tab.setAttribute("aria-selected", String(isOn));
      tab.tabIndex = isOn ? 0 : -1;
      if (isOn && focus) tab.focus();
    }
    for (const panel of form.querySelectorAll("fieldset.tool")) panel.hidden = panel.dataset.tool !== name;
    try { sessionStorage.setItem(TOOL, name); } catch { /* the next page begins with the first tool */ }
    draw();
    refresh();
  };
  const tabs = part("tools"), names = [...tabs.querySelectorAll("[role=tab]")].map((tab) => tab.dataset.tool);
  tabs.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) open(tab.dataset.tool);
  });
  tabs.addEventListener("keydown", (event) => {
    const isMirrored = getComputedStyle(tabs).direction === "rtl";
    const by = { ArrowRight: isMirrored ? -1 : 1, ArrowLeft: isMirrored ? 1 : -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    open(names[(names.indexOf(tool) + by + names.length) % names.length], { focus: true });
  });

  /* Sliders, films, turns. */
  form.addEventListener("input", (event) => {
    if (event.target === part("ratio")) return;
    const was = state;
    state = editState.read(form);
    draw();
    if (event.target.name === "degrees" && !under) hint(`rotate(${state.degrees - was.degrees}deg)`);
    refresh();
  });
  form.addEventListener("change", (event) => {
    if (event.target !== part("ratio")) return keep();
    const ratio = partRatio();
    if (ratio) set({ ...state, crop: editCrop.fitted(state.crop, ratio) });
    keep();
  });
  form.addEventListener("dblclick", (event) => {
    if (event.target.type !== "range") return;
    set({ ...state, [event.target.name]: 0 });
    keep();
    refresh();
  });
  const doings = {
    left: () => (hint("rotate(-90deg) scale(.66)"), editState.turned(state, 3)),
    right: () => (hint("rotate(90deg) scale(.66)"), editState.turned(state, 1)),
    flip: () => (hint("scaleX(-1)"), editState.mirrored(state)),
    show: () => state,
  };
  let isLeaving = false;
  form.addEventListener("submit", (event) => {
    const what = event.submitter?.value ?? "show";
    if (what in doings) {
      event.preventDefault();
      set(doings[what]());
      keep();
      refresh();
    } else if ((what === "undo" && at > 0) || (what === "redo" && at < steps.length - 1)) {
      event.preventDefault();
      go(at + (what === "undo" ? -1 : 1));
    } else {
      isLeaving = true;
    }
    if (event.defaultPrevented) setTimeout(() => { delete form.dataset.sent; });
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && (at > 0 || form.dataset.changed)) event.preventDefault();
  });

  /* The ratio of the parts of the picture that stay, for the chosen shape; its long side lies as the picture's does. */
  const partRatio = () => {
    const own = editState.ratio(state, width, height), chosen = part("ratio").value;
    if (chosen === "free") return 0;
    if (chosen === "own") return 1;
    const [one, other] = chosen.split(":").map(Number), wanted = one / other;
    return (own >= 1 ? wanted : 1 / wanted) / own;
  };
  editCrop.begin(frame, cut, {
    ask: () => [state.crop, partRatio()],
    change: (crop) => set({ ...state, crop }),
    end: keep,
  });
  part("whole").addEventListener("click", () => {
    part("ratio").value = "free";
    set({ ...state, crop: { x: 0, y: 0, w: 1, h: 1 } });
    keep();
    cut.focus();
  });

  /* Comparing: as long as it is held, or from one press to the next. */
  const compare = part("compare"), HELD_MS = 350;
  const tell = (isOn) => {
    comparing = isOn;
    compare.setAttribute("aria-pressed", String(isOn));
    draw();
    refresh();
  };
  let held = 0;
  compare.addEventListener("pointerdown", (event) => {
    held = comparing ? 0 : event.timeStamp;
    if (held) tell(true);
  });
  compare.addEventListener("pointerup", (event) => {
    if (held && event.timeStamp - held > HELD_MS) tell(false);
  });
  compare.addEventListener("click", (event) => {
    if (event.detail === 0) return tell(!comparing); /* by keyboard */
    if (!held) tell(false);
    held = 0;
  });

  for (const name of ["tools", "compare", "shape", "said-area"]) part(name).hidden = false;
  for (const name of ["area", "show"]) part(name).hidden = true;
  document.documentElement.classList.add("edits");
  let first = "crop";
  try { first = sessionStorage.getItem(TOOL) ?? first; } catch { /* the first tool it is */ }
  open(names.includes(first) ? first : "crop");
})();
