// Moves the day: numbers in the pictures, the words beside them, a line in the charts. Without it the last day is shown.
(() => {
  const { days, counts, said } = JSON.parse(document.getElementById("data").textContent);
  const slider = document.getElementById("day"), play = document.getElementById("play");
  const today = document.getElementById("today"), numbers = document.getElementById("numbers");
  const pictures = [...document.querySelectorAll("[data-picture]")].map((picture) => ({
    counts: counts[picture.dataset.picture],
    places: [...picture.querySelectorAll("[data-count]")],
  }));
  const charts = [...document.querySelectorAll(".chart")].map((chart) => ({
    line: chart.querySelector(".today"), left: +chart.dataset.left, width: +chart.dataset.day,
  }));
  const spaced = (n) => (n ? String(n).replace(/\B(?=(\d{3})+$)/g, "\u2009") : "");

  const show = (day) => {
    today.textContent = said.day.replace("{day}", day).replace("{date}", days[day]);
    slider.setAttribute("aria-valuetext", today.textContent);
    numbers.replaceChildren(...said.numbers.map(([word, by, others]) => {
      const part = document.createElement("span");
      const some = others.some(Boolean) ? ` (${said.others.replace("{count}", spaced(others[day]) || "0")})` : "";
      part.textContent = `${word}: ${spaced(by[day]) || "0"}${some}`;
      return part;
    }));
    for (const { counts, places } of pictures)
      for (const place of places) place.textContent = spaced((counts[place.dataset.count] || [])[day]);
    for (const { line, left, width } of charts) {
      const x = left + width * (day + 0.5);
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    }
  };

  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; play.textContent = said.play; };
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (+slider.value >= days.length - 1) { slider.value = 0; show(0); }
    play.textContent = said.pause;
    timer = setInterval(() => {
      slider.value = +slider.value + 1;
      show(+slider.value);
      if (+slider.value >= days.length - 1) stop();
    }, 250);
  });
  slider.addEventListener("input", () => { if (timer) stop(); show(+slider.value); });
  show(+slider.value);
})();
