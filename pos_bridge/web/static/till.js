// A lane's page as it happens: what was scanned and sold, the light, sounds. Without it the page works and reloads.
"use strict";
(() => {
  const live = document.getElementById("live");
  const byId = (id) => document.getElementById(id);
  const marks = { good: "✓", refused: "✕", wait: "!" };
  let heard = null; // the newest entry that was sounded
  let audio = null;
  let wantsSound = false;
  try { wantsSound = localStorage.getItem("till-sounds") === "on"; } catch { /* a browser that keeps nothing */ }

  const make = (tag, text, kind) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  const line = (entry) => {
    const item = make("li", undefined, entry.tone);
    const tone = make("span", marks[entry.tone] || "·", "tone");
    tone.setAttribute("aria-hidden", "true");
    const what = make("div");
    what.append(make("b", entry.title), make("span", entry.detail, "quiet"));
    item.append(tone, what, make("time", entry.at));
    return item;
  };

  const fill = (id, entries) => {
    byId(id).replaceChildren(...entries.map(line));
    byId(id + "-none").hidden = entries.length > 0;
  };

  // Two tones up for good, one low and rough for refused: told apart without looking, and by who hears little.
  const note = (from, hertz, seconds, shape) => {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.type = shape;
    tone.frequency.value = hertz;
    loud.gain.setValueAtTime(0.0001, from);
    loud.gain.exponentialRampToValueAtTime(0.25, from + 0.01);
    loud.gain.exponentialRampToValueAtTime(0.0001, from + seconds);
    tone.connect(loud).connect(audio.destination);
    tone.start(from);
    tone.stop(from + seconds);
  };
  const sound = (tone) => {
    if (!wantsSound || !audio || audio.state !== "running") return;
    const now = audio.currentTime;
    if (tone === "good") { note(now, 880, 0.09, "sine"); note(now + 0.09, 1320, 0.14, "sine"); }
    if (tone === "refused") { note(now, 160, 0.45, "square"); }
  };

  const show = (news) => {
    byId("light").className = "light " + news.light.tone;
    byId("light-text").textContent = news.light.text;
    fill("entries", news.entries);
    fill("baskets", news.baskets);
    const newest = news.entries.length ? news.entries[0].number : 0;
    if (heard !== null && newest > heard) sound(news.entries[0].tone);
    heard = newest;
    byId("lost").hidden = true;
  };

  const follow = () => {
    const line = new EventSource(live.dataset.live);
    line.onmessage = (event) => show(JSON.parse(event.data));
    line.onerror = () => {
      byId("lost").hidden = false;
      // Refused for good: signed out, or no such till any more. What is half typed is not thrown away for that.
      if (line.readyState === EventSource.CLOSED) setTimeout(() => byId("text").value ? follow() : location.reload(), 3000);
    };
    addEventListener("pagehide", () => line.close(), { once: true });
  };

  const wake = () => {
    if (!wantsSound) return;
    audio = audio || new AudioContext();
    if (audio.state === "suspended") audio.resume();
  };
  const button = byId("sound");
  const label = button.textContent;
  const dress = () => {
    button.setAttribute("aria-pressed", String(wantsSound));
    button.textContent = wantsSound ? button.dataset.on : label;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    wantsSound = !wantsSound;
    try { localStorage.setItem("till-sounds", wantsSound ? "on" : "off"); } catch { /* then for this page alone */ }
    wake();
    dress();
    sound("good");
    byId("text").focus();
  });
  dress();
  addEventListener("keydown", wake, { passive: true }); // a wedge scanner types: that is a person's doing too
  addEventListener("pointerdown", wake, { passive: true });

  // A scan reloads nothing: unless it wants a page of its own, the news below say what became of it. What was not taken
  // comes back into the field, marked, so that the next scan or Enter says it again.
  const form = byId("scan");
  const field = byId("text");
  const send = (text) => {
    const body = new URLSearchParams(new FormData(form));
    body.set("text", text);
    return fetch(form.action, { method: "POST", body, headers: { "X-Live": "1" } });
  };
  const renew = async () => { // the bridge was started anew since this page was loaded
    const page = await (await fetch(location.pathname)).text();
    const found = page.match(/name="token" value="([0-9a-f]{32})"/);
    if (found) form.elements.token.value = found[1];
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value;
    field.value = "";
    field.focus();
    let answer = null;
    try {
      answer = await send(text);
      if (answer.status === 403) {
        await renew();
        answer = await send(text);
      }
    } catch { answer = null; }
    const isTaken = answer !== null && answer.status === 204;
    byId("unkept").hidden = isTaken;
    if (isTaken && !answer.headers.get("X-Plain")) return;
    if (!field.value) { field.value = text; field.select(); }
    if (isTaken) form.submit(); // a claim stub, an order: they have a page of their own
    else if (answer && answer.redirected) location.reload(); // signed out
    else sound("refused");
  });
  follow();
})();
