/* Solves the form's challenge in workers while it is filled in. Without it, or where it fails, the slower way stays. */
(function () {
  "use strict";
  var PATIENCE = 40000;

  function begin(box) {
    if (!window.Worker || !window.crypto || !crypto.subtle) return;
    var form = box.closest("form");
    var proof = box.querySelector("[name=proof]");
    var slow = box.querySelector("[data-challenge-slow]");
    var status = box.querySelector("[data-challenge-status]");
    var challenge = JSON.parse(box.getAttribute("data-challenge"));
    var threads = Math.min(navigator.hardwareConcurrency || 1, 4);
    var workers = [];
    var working = true;
    var waiting = false; // whether the button was pressed before the sum was done

    function say(what) {
      status.textContent = status.getAttribute("data-" + what);
    }

    function end(solution) {
      if (!working) return;
      working = false;
      clearTimeout(timer);
      workers.forEach(function (worker) {
        worker.terminate();
      });
      if (solution) {
        proof.value = btoa(JSON.stringify({ challenge: challenge, solution: solution }));
        say("done");
      } else {
        slow.hidden = false;
        status.textContent = "";
      }
      if (waiting) form.submit();
    }

    var timer = setTimeout(end, PATIENCE);
    slow.hidden = true;
    say("working");
    form.addEventListener("submit", function (event) {
      if (!working) return;
      event.preventDefault();
      waiting = true;
      say("sending");
    });
    try {
      for (var first = 0; first < threads; first++) {
        var worker = new Worker(box.getAttribute("data-worker"));
        worker.onmessage = function (event) {
          end(event.data);
        };
        worker.onerror = function () {
          end(null);
        };
        workers.push(worker);
        worker.postMessage({ parameters: challenge.parameters, first: first, step: threads });
      }
    } catch (error) {
      end(null);
    }
  }

  Array.prototype.forEach.call(document.querySelectorAll("[data-challenge]"), begin);
})();
