/* Renews what is said about an act on many signatures while it runs. Without it, the page's own link does. */
(() => {
  "use strict";
  const renew = async () => {
    const shown = document.getElementById("progress-of-act");
    if (!shown || !("active" in shown.dataset)) return;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("progress-of-act");
      if (!fresh) return;
      /* Once it waits for a person or has ended, the whole page says what can be done. */
      if (!("active" in fresh.dataset)) return location.reload();
      shown.replaceWith(fresh);
    } catch {
      /* The next turn tries again. */
    }
    setTimeout(renew, 3000);
  };
  setTimeout(renew, 3000);
})();
