/* An edit in the editor's form: read, written, turned, and as the short text that previews are asked for with. The rules
   are photocore/edits.py's: mirror, turn, straighten, crop, then light and colour. */
"use strict";

const editState = (() => {
  const LETTERS = { degrees: "s", light: "e", contrast: "k", warmth: "t", tint: "g", colour: "v" };
  const CROP = { left: "x", top: "y", width: "w", height: "h" };
  const LEAST = 0.02;

  const number = (text, otherwise) => {
    const value = Number(String(text).replace(",", ".") || otherwise);
    return Number.isFinite(value) ? value : otherwise;
  };
  const between = (value, least, most) => Math.min(Math.max(value, least), most);
  const short = (value) => String(Number(value.toFixed(6)));

  const inside = (crop) => {
    const x = between(crop.x, 0, 1 - LEAST), y = between(crop.y, 0, 1 - LEAST);
    return { x, y, w: between(crop.w, LEAST, 1 - x), h: between(crop.h, LEAST, 1 - y) };
  };

  const read = (form) => {
    const fields = form.elements, state = { flip: fields.flip.value === "yes", turns: number(fields.turns.value, 0), film: fields.film.value };
    for (const name of Object.keys(LETTERS)) state[name] = number(fields[name].value, 0);
    const crop = {};
    for (const [name, side] of Object.entries(CROP)) crop[side] = number(fields[name].value, name in { left: 1, top: 1 } ? 0 : 100) / 100;
    return { ...state, crop: inside(crop) };
  };

  const write = (form, state) => {
    const fields = form.elements;
    fields.flip.value = state.flip ? "yes" : "no";
    fields.turns.value = state.turns;
    fields.film.value = state.film;
    for (const name of Object.keys(LETTERS)) fields[name].value = state[name];
    for (const [name, side] of Object.entries(CROP)) fields[name].value = Number((state.crop[side] * 100).toFixed(4));
  };

  const isWhole = ({ x, y, w, h }) => x < 1e-6 && y < 1e-6 && w > 1 - 1e-6 && h > 1 - 1e-6;

  const code = (state, { cropped = true } = {}) => {
    const parts = [state.flip ? "f" : "", state.turns ? `r${state.turns}` : "", state.degrees ? `s${short(state.degrees)}` : ""];
    const { x, y, w, h } = state.crop;
    if (cropped && !isWhole(state.crop)) parts.push(`c${[x, y, w, h].map(short).join(",")}`);
    for (const name of ["light", "contrast", "warmth", "tint", "colour"]) {
      if (state[name] && !(name === "colour" && state.film !== "colour")) parts.push(LETTERS[name] + short(state[name]));
    }
    if (state.film !== "colour") parts.push(`b${state.film}`);
    return parts.filter(Boolean).join("~");
  };

  const turnedOnce = (state) => {
    const { x, y, w, h } = state.crop;
    return { ...state, turns: (state.turns + 1) % 4, crop: { x: 1 - y - h, y: x, w: h, h: w } };
  };
  const turned = (state, times) => (times > 0 ? turned(turnedOnce(state), times - 1) : state);
  const mirrored = (state) => ({
    ...state, flip: !state.flip, turns: (4 - state.turns) % 4, degrees: state.degrees ? -state.degrees : 0,
    crop: { ...state.crop, x: 1 - state.crop.x - state.crop.w },
  });

  /* How wide a picture is to its height, before it is cropped; straightening keeps that. */
  const ratio = (state, width, height) => (state.turns % 2 ? height / width : width / height);

  return { LEAST, read, write, code, turned, mirrored, ratio, isWhole, between };
})();
