/* Opens the pictures of a sheet over it: zoom, swipe, keys, a slideshow, what is said of each. The links of the sheet lead
   to each picture's own page, and do so still when this does not work. */
"use strict";

(() => {
  const words = document.querySelector('[data-part="lightbox"]');
  if (!words) return;
  const SECONDS = 4;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const dress = () => new Promise((worn, failed) => {
    const style = document.head.querySelector("link[data-part=lightbox]") ?? document.createElement("link");
    if (style.sheet) return worn();
    style.addEventListener("load", worn, { once: true });
    style.addEventListener("error", () => (style.remove(), failed()), { once: true });
    if (style.isConnected) return;
    style.dataset.part = "lightbox";
    style.rel = "stylesheet";
    style.href = words.dataset.style;
    document.head.append(style);
  });
  const load = () => Promise.all([import(words.dataset.module), dress()]).then(([module]) => module.default);
  const found = () => [...document.querySelectorAll('[data-part="sheet"] a[data-pswp-src]')];
  const sign = (place) => words.content.querySelectorAll("svg")[place].cloneNode(true);
  let open = null;

  const slide = (link) => {
    const small = [...link.querySelectorAll("img")].at(-1);
    return {
      src: link.dataset.pswpSrc, width: Number(link.dataset.pswpWidth), height: Number(link.dataset.pswpHeight),
      msrc: small?.currentSrc || small?.src, alt: small?.alt ?? "", element: link,
    };
  };

  /* Where the picture is inside its square cell: what grows out of it keeps its shape. */
  const bounds = (whole, item) => {
    const scale = Math.min((item.element?.clientWidth ?? 0) / item.width, (item.element?.clientHeight ?? 0) / item.height);
    const box = item.element?.getBoundingClientRect();
    if (!scale || !box) return whole;
    const [w, h] = [item.width * scale, item.height * scale];
    return { x: box.left + (box.width - w) / 2, y: box.top + (box.height - h) / 2, w };
  };

  /* What is done with a picture stands below it, beside words and near the thumb; what is done with the view above it. */
  const button = (box, order, { name, title, place, run, after, isBelow = true }) => box.ui.registerElement({
    name, order, isButton: true, tagName: "button", title, html: "",
    onInit: (element) => {
      element.replaceChildren(sign(place));
      if (isBelow) {
        element.append(Object.assign(document.createElement("span"), { textContent: title }));
        box.on("afterInit", () => box.element.querySelector(".below").append(element));
      } else element.setAttribute("aria-label", title);
      after?.(element);
    },
    onClick: (event, element) => run(element),
  });

  const slideshow = (box, element) => {
    let timer = 0;
    const stop = () => { clearInterval(timer); timer = 0; element.setAttribute("aria-pressed", "false"); };
    const toggle = () => {
      if (timer) return stop();
      timer = setInterval(() => box.next(), SECONDS * 1000);
      element.setAttribute("aria-pressed", "true");
    };
    element.setAttribute("aria-pressed", "false");
    box.on("destroy", stop);
    box.on("pointerDown", stop);
    return toggle;
  };

  const current = (box) => box.currSlide?.data.element;

  const favour = async (box) => {
    const link = current(box);
    const on = link.dataset.favourite ? "" : "yes";
    const answer = await twincheck.send(`${new URL(link.href).pathname}/favourite`, { on: on || "no" });
    if (!answer) return;
    link.dataset.favourite = on;
    const number = link.closest("li")?.querySelector(".number");
    const heart = number?.querySelector(".icon.full");
    if (!on) heart?.remove();
    else if (number && !heart) {
      const full = sign(1);
      full.classList.add("full");
      number.append(full);
    }
    box.dispatch("marked");
  };

  const furnish = (box, link) => {
    box.element.setAttribute("aria-label", words.dataset.name);
    box.ui.registerElement({
      name: "below", className: "below pswp__hide-on-close", appendTo: "root", order: 6,
      onInit: (element) => element.addEventListener("pointerdown", (event) => event.stopPropagation()),
    });
    let toggle = () => {};
    button(box, 7, {
      name: "play", title: words.dataset.play, place: 0, run: () => toggle(),
      after: (element) => { toggle = slideshow(box, element); box.play = toggle; },
    });
    if (words.dataset.own) {
      button(box, 8, {
        name: "favour", title: words.dataset.favourite, place: 1, run: () => favour(box),
        after: (element) => {
          const tell = () => element.setAttribute("aria-pressed", current(box)?.dataset.favourite ? "true" : "false");
          box.on("change", tell);
          box.on("marked", tell);
        },
      });
    }
    if (words.dataset.own && link.pathname.startsWith("/my/images/")) {
      button(box, 9, { name: "edit", title: words.dataset.edit, place: 2, run: () => location.assign(`${current(box).pathname}/edit`) });
    }
    const picks = document.querySelector("[data-part=picking]");
    if (picks) {
      const pick = () => current(box)?.closest("li")?.querySelector("[data-part=pick]");
      button(box, 8, {
        name: "pick", title: picks.dataset.pick, place: 1, run: (element) => {
          pick()?.click();
          element.tell();
        },
        after: (element) => {
          element.tell = () => {
            const isPicked = pick()?.getAttribute("aria-pressed") === "true";
            element.setAttribute("aria-pressed", String(isPicked));
            element.querySelector("span").textContent = isPicked ? picks.dataset.picked : picks.dataset.pick;
          };
          box.on("change", element.tell);
        },
      });
    }
    if (link.pathname.startsWith("/my/images/")) {
      button(box, 9, { name: "take", title: words.dataset.download, place: 4, run: () => location.assign(`${current(box).pathname}/download`) });
    }
    if (link.pathname.includes("/images/")) {
      button(box, 9, { isBelow: false, name: "page", title: words.dataset.page, place: 3, run: () => location.assign(current(box).href) });
    }
    box.ui.registerElement({
      name: "told", className: "told", appendTo: "root", order: 9,
      onInit: (element) => {
        const [frame, note] = [document.createElement("b"), document.createElement("p")];
        note.dir = "auto";
        element.setAttribute("aria-live", "polite");
        element.append(frame, note);
        box.on("change", () => {
          frame.textContent = current(box)?.closest("[data-frame]")?.dataset.frame ?? "";
          note.textContent = current(box)?.dataset.note ?? "";
        });
      },
    });
  };

  const keys = (box, event) => {
    if (event.originalEvent.ctrlKey || event.originalEvent.metaKey || event.originalEvent.altKey) return;
    if (event.originalEvent.key === "f" && words.dataset.own) favour(box);
    if (event.originalEvent.key === "e" && words.dataset.own) location.assign(`${current(box).pathname}/edit`);
    if (event.originalEvent.key === " " && !event.originalEvent.target.closest?.("button")) {
      event.originalEvent.preventDefault();
      box.play?.();
    }
  };

  /* Going back shuts the lightbox and stays on the page. */
  const remember = (box) => {
    box.element.setAttribute("aria-modal", "true"); // from now on keys are heard
    history.pushState({ lightbox: true }, "");
    const back = () => box.close();
    addEventListener("popstate", back, { once: true });
    box.on("destroy", () => {
      removeEventListener("popstate", back);
      if (history.state?.lightbox) history.back();
      open = null;
    });
  };

  const show = async (link, plays = false) => {
    if (open) return;
    open = true;
    let PhotoSwipe;
    try {
      PhotoSwipe = await load();
    } catch {
      open = null;
      return location.assign(link.href);
    }
    const links = found();
    const box = new PhotoSwipe({
      dataSource: links.map(slide), index: Math.max(0, links.indexOf(link)), bgOpacity: 1, wheelToZoom: true,
      showHideAnimationType: still ? "none" : "zoom", closeTitle: words.dataset.close, zoomTitle: words.dataset.zoom,
      arrowPrevTitle: words.dataset.before, arrowNextTitle: words.dataset.after, errorMsg: words.dataset.failed,
      trapFocus: true, returnFocus: true, preload: [1, 2],
      paddingFn: ({ x, y }) => ({ top: 0, left: 0, right: 0, bottom: y > x ? 72 : 0 }), // an upright window has room below
    });
    open = box;
    box.addFilter("thumbBounds", bounds);
    box.on("uiRegister", () => furnish(box, link));
    box.on("keydown", (event) => keys(box, event));
    box.on("bindEvents", () => remember(box));
    box.on("close", () => current(box)?.scrollIntoView({ block: "nearest" }));
    box.init();
    if (plays) box.play?.();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest('[data-part="sheet"] a[data-pswp-src]');
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link);
  });
  for (const play of document.querySelectorAll('[data-part="play"]')) {
    play.hidden = false;
    play.addEventListener("click", () => found().length && show(found()[0], true));
  }
  addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(() => load().catch(() => {})), { once: true });
})();
