// Begins when the page is there: the script stands at its end.

const DATA = JSON.parse(document.getElementById("data").textContent);
startPad(DATA);
startTemperature(DATA);
