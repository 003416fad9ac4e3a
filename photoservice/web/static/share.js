/* Shares: picking without a reload, copying an address, stepping by arrow keys. Everything works without it. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const { part, say, send } = twincheck;

  const form = part("picking");
  const told = part("picks");
  const tell = (change) => {
    if (!told) return;
    const count = Number(told.dataset.count) + change;
    told.dataset.count = count;
    told.textContent = count > 0 ? told.dataset.some.replace("{n}", count) : told.dataset.none;
  };
  const turn = (button, isPicked) => {
    button.name = isPicked ? "unpick" : "pick";
    button.setAttribute("aria-pressed", String(isPicked));
    button.classList.toggle("picked", isPicked);
    button.querySelector(".icon").classList.toggle("full", isPicked);
    button.querySelector("span").textContent = isPicked ? form.dataset.picked : form.dataset.pick;
  };
  form?.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button?.matches("[data-part=pick]")) return;
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    const wasPicked = button.name === "unpick";
    button.setAttribute("aria-busy", "true");
    turn(button, !wasPicked);
    const answer = await send(form.action, { [wasPicked ? "unpick" : "pick"]: button.value });
    button.removeAttribute("aria-busy");
    if (!answer) return turn(button, wasPicked);
    tell(wasPicked ? -1 : 1);
    if (!told) say(wasPicked ? form.dataset.unsaid : form.dataset.said);
  }, true);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copies);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      if (!document.execCommand("copy")) return;
    }
    say(button.dataset.said);
  });
  for (const button of document.querySelectorAll("[data-shares]")) {
    if (!navigator.share) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.share({ url: button.dataset.shares, title: button.dataset.title }).catch(() => {});
    });
  }
  for (const button of document.querySelectorAll("[data-copies]")) button.hidden = false;

  /* What a fold says of its fields is no longer true when they were changed. */
  part("bounds")?.addEventListener("input", (event) => event.currentTarget.classList.add("changed"));

  const steps = part("steps");
  document.addEventListener("keydown", (event) => {
    if (!steps || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, dialog")) return;
    const isBack = document.dir === "rtl" ? event.key === "ArrowRight" : event.key === "ArrowLeft";
    const isOn = document.dir === "rtl" ? event.key === "ArrowLeft" : event.key === "ArrowRight";
    if (isBack || isOn) steps.querySelector(isBack ? "[rel=prev]" : "[rel=next]")?.click();
  });
});
