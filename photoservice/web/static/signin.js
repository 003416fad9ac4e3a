/* Getting in, beyond paper: passkeys where the browser has them and this is the address they are for, a password shown
   while it is typed, codes printed. Every page works without it. */
"use strict";

(() => {
  const part = (name) => document.querySelector(`[data-part="${name}"]`);
  const canPasskeys = Boolean(
    window.PublicKeyCredential?.parseRequestOptionsFromJSON && PublicKeyCredential.parseCreationOptionsFromJSON
  );
  const isHere = (box) => canPasskeys && location.hostname === box.dataset.host;

  for (const button of document.querySelectorAll("[data-shows]")) {
    const input = document.getElementById(button.dataset.shows);
    button.hidden = false;
    button.addEventListener("click", () => {
      const isShown = input.type === "text";
      input.type = isShown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!isShown));
      input.focus();
    });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  const post = async (path, body, type) => {
    const answer = await fetch(path, {
      method: "POST", body, cache: "no-store",
      headers: { "Content-Type": type, Accept: "application/json", "X-CSRF-Token": twincheck.csrf },
    });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const ask = (path, fields = {}) => post(path, new URLSearchParams(fields).toString(), "application/x-www-form-urlencoded");
  const tell = (path, said) => post(path, JSON.stringify(said), "application/json");

  /* What a person breaks off is no trouble; all else is said in one sentence, and nothing is lost. */
  const onPress = (box, work) => {
    if (!box || !isHere(box)) return;
    box.hidden = false;
    const button = box.querySelector("button");
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const path = await work();
        if (path) return location.assign(path);
      } catch (trouble) {
        if (trouble.name !== "AbortError" && trouble.name !== "NotAllowedError") twincheck.say(box.dataset.trouble, { bad: true });
      }
      button.disabled = false;
    });
  };

  onPress(part("passkey"), async () => {
    const form = part("password-form");
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask("/sign-in/passkey/options"));
    const credential = await navigator.credentials.get({ publicKey });
    const takesAlong = Boolean(form.elements.join?.checked);
    const said = { answer: credential.toJSON(), next: form.elements.next.value, takes_along: takesAlong };
    return (await tell("/sign-in/passkey", said)).next;
  });

  const make = async (options) =>
    (await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })).toJSON();

  const signUp = part("new-passkey");
  onPress(signUp, async () => {
    const name = document.getElementById("name");
    if (!name.value.trim()) {
      twincheck.say(signUp.dataset.unfilled, { bad: true });
      name.focus();
      return "";
    }
    const options = await ask("/sign-up/passkey/options", { name: name.value });
    const bytes = Uint8Array.from(atob(options.user.id.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
    const person = new TextDecoder().decode(bytes);
    return (await tell("/sign-up/passkey", { answer: await make(options), name: name.value, person })).next;
  });

  onPress(part("more-passkeys"), async () => {
    const options = await ask("/my/security/passkeys/options");
    return (await tell("/my/security/passkeys", { answer: await make(options) })).next;
  });
  const none = part("no-passkeys");
  if (none) none.hidden = !part("more-passkeys").hidden;
})();
