"""The laboratory in a browser as its reader handles it."""

from selenium.webdriver.support.ui import WebDriverWait

LIKELIHOOD, ENTROPY, SIGMOID_QUADRATIC, SOFTMAX_QUADRATIC = range(4)
POINTS = "const done = arguments[0]; LABORATORY.then((lab) => done(lab.run.points));"


LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def number_in(text):
    """The number that the page writes as 0.25 or −4.5·10⁻⁸."""
    return float(text.translate(LOWERED).replace("·10", "e"))


class Lab:
    """The laboratory as its reader handles it."""

    def __init__(self, page):
        self.page = page

    def by_id(self, name):
        return self.page.find_element("id", name)

    def press(self, name):
        self.page.execute_script("arguments[0].click()", self.by_id(name))

    def wait(self, condition, seconds=20):
        return WebDriverWait(self.page, seconds, 0.05).until(lambda _: condition())

    def data(self, name):
        return self.by_id("lab").get_attribute(f"data-{name}")

    def rests_at(self, updates):
        """Wait until so many updates are made and none is being made."""
        self.wait(lambda: self.data("updates") == str(updates) and self.data("running") == "false")

    def texts(self, selector):
        return [one.text for one in self.page.find_elements("css selector", selector)]

    def script(self, text, *arguments):
        """Run a script that may use ``lab``, the page's laboratory."""
        return self.page.execute_async_script(
            "const done = arguments[arguments.length - 1], given = Array.from(arguments);"
            f"LABORATORY.then(async (lab) => {{ {text} }});",
            *arguments,
        )

    @property
    def points(self):
        return self.page.execute_async_script(POINTS)

    @property
    def accuracies(self):
        return [network["accuracy"] for network in self.points[-1]["networks"]]

    @property
    def address(self):
        return self.page.execute_script("return decodeURIComponent(location.hash)")

    def best(self, number, until):
        points = [p for p in self.points if p["updates"] <= until]
        return max(p["networks"][number]["accuracy"] for p in points)
