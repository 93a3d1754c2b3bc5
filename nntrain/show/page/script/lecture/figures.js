// Numbers as text in the page's language.

const LANG = document.documentElement.lang;
const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

const raised = (power) => Array.from(String(power), (sign) => SUPERSCRIPTS[sign]).join("");
const inLanguage = (text) => (LANG === "cs" ? text.replace(".", ",") : text).replace("-", "−");

// 0.123 with so many decimals, thousands apart; – for what is not finite.
function plain(value, digits = 0) {
  if (!Number.isFinite(value)) return "–";
  const text = value.toFixed(digits);
  if (Math.abs(value) < 1000) return inLanguage(Number(text) === 0 ? text.replace("-", "") : text);
  return value.toLocaleString(LANG, { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
}

// 4.5·10⁻⁵
function scientific(value) {
  const [mantissa, power] = value.toExponential(1).split("e");
  return `${inLanguage(mantissa)}·10${raised(Number(power))}`;
}

// 0.123, small numbers as 4.5·10⁻⁵.
function written(value, digits = 3) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  return value === 0 || Math.abs(value) >= 0.5 * 10 ** -digits ? plain(value, digits) : scientific(value);
}

const list = (values, digits = 3) => values.map((value) => written(value, digits)).join(LANG === "cs" ? "; " : ", ");

// Two digits: 0.045, 12.3, 4.5·10⁻⁸.
function small(value) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 9.95) return plain(value, 1);
  return size === 0 || size >= 0.001 ? inLanguage(String(Number(value.toPrecision(2)))) : scientific(value);
}

const percent = (share, digits = 1) => `${plain(100 * share, digits)}\u00a0%`;

// A power of ten: 1,000, 0.01, 10⁻³.
const power = (value) => (value >= 0.01 ? plain(value, Math.max(0, Math.round(-Math.log10(value)))) : `10${raised(Math.round(Math.log10(value)))}`);
