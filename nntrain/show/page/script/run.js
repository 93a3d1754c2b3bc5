// Starts the interactive parts of a run's page, which is complete here: the script is at its end.

const DATA = JSON.parse(document.getElementById("data").textContent);
startPad(DATA);
startTemperature(DATA);
