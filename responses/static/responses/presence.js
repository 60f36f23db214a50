// Keeps the notice of colleagues at the same case up to date while its page is open and looked at.
(() => {
  "use strict";
  const notice = document.getElementById("others");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (!notice) return;
  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(notice.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": notice.dataset.token || (token && token.value) || "" },
      });
      if (!answer.ok) return;
      const { others } = await answer.json();
      notice.hidden = others.length === 0;
      const lines = others.map((words) => Object.assign(document.createElement("p"), { textContent: words }));
      if (lines.map((line) => line.textContent).join() !== notice.innerText.trim()) notice.replaceChildren(...lines);
    } catch {
      // Away from the network: the next time will do.
    }
  };
  setInterval(ask, 30000);
})();
