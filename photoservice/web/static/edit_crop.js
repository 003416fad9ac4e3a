/* The rectangle that stays of a picture: dragged by its corners, edges or middle, or moved by the arrow keys. */
"use strict";

const editCrop = (() => {
  const { LEAST, between } = editState;
  const STEP = 0.01, STRIDE = 0.05;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  const moved = (crop, dx, dy) => ({ ...crop, x: between(crop.x + dx, 0, 1 - crop.w), y: between(crop.y + dy, 0, 1 - crop.h) });

  /* `ratio` is of the crop's parts, not of its pixels; 0 leaves it free. */
  const resized = (crop, edge, [dx, dy], ratio) => {
    let left = crop.x, top = crop.y, right = crop.x + crop.w, bottom = crop.y + crop.h;
    if (edge.includes("w")) left = between(left + dx, 0, right - LEAST);
    if (edge.includes("e")) right = between(right + dx, left + LEAST, 1);
    if (edge.includes("n")) top = between(top + dy, 0, bottom - LEAST);
    if (edge.includes("s")) bottom = between(bottom + dy, top + LEAST, 1);
    const free = { x: left, y: top, w: right - left, h: bottom - top };
    if (!ratio) return free;
    let { w, h } = free;
    if (edge === "n" || edge === "s") w = h * ratio;
    else h = w / ratio;
    const middle = [crop.x + crop.w / 2, crop.y + crop.h / 2];
    const wide = edge.includes("w") ? right : edge.includes("e") ? 1 - left : 2 * Math.min(middle[0], 1 - middle[0]);
    const high = edge.includes("n") ? bottom : edge.includes("s") ? 1 - top : 2 * Math.min(middle[1], 1 - middle[1]);
    const scale = Math.min(1, wide / w, high / h);
    [w, h] = [w * scale, h * scale];
    if (w < LEAST || h < LEAST) return crop;
    const x = edge.includes("w") ? right - w : edge.includes("e") ? left : middle[0] - w / 2;
    const y = edge.includes("n") ? bottom - h : edge.includes("s") ? top : middle[1] - h / 2;
    return { x: between(x, 0, 1 - w), y: between(y, 0, 1 - h), w, h };
  };

  /* The largest rectangle of a ratio round the middle of what stays now. */
  const fitted = (crop, ratio) => {
    const middle = [crop.x + crop.w / 2, crop.y + crop.h / 2];
    const w = Math.min(1, ratio, Math.max(crop.w, crop.h * ratio)), h = w / ratio;
    return { x: between(middle[0] - w / 2, 0, 1 - w), y: between(middle[1] - h / 2, 0, 1 - h), w, h };
  };

  /* `change(crop)` hears of each step, `end()` of the last. `ask()` returns [crop, ratio]. */
  const begin = (frame, cut, { ask, change, end }) => {
    let drag = null;
    const step = (edge, crop, by, ratio) => change(edge === "move" ? moved(crop, ...by) : resized(crop, edge, by, ratio));

    cut.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      const [crop, ratio] = ask();
      drag = { edge: event.target.closest("[data-edge]").dataset.edge, crop, ratio, at: [event.clientX, event.clientY], id: event.pointerId };
      cut.setPointerCapture(event.pointerId);
      event.preventDefault();
      event.target.closest("[data-edge]").focus({ preventScroll: true });
    });
    cut.addEventListener("pointermove", (event) => {
      if (drag?.id !== event.pointerId) return;
      const box = frame.getBoundingClientRect();
      step(drag.edge, drag.crop, [(event.clientX - drag.at[0]) / box.width, (event.clientY - drag.at[1]) / box.height], drag.ratio);
    });
    for (const over of ["pointerup", "pointercancel"]) {
      cut.addEventListener(over, (event) => {
        if (drag?.id !== event.pointerId) return;
        drag = null;
        end();
      });
    }
    cut.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      const by = arrow.map((way) => way * (event.shiftKey ? STRIDE : STEP)), [crop, ratio] = ask();
      step(event.target.dataset.edge, crop, by, ratio);
      end();
    });
  };

  const place = (cut, { x, y, w, h }) => {
    for (const [name, part] of Object.entries({ left: x, top: y, width: w, height: h })) cut.style[name] = `${part * 100}%`;
  };

  return { begin, place, fitted };
})();
