"""The compact notation of formulas -> MathML."""

import re
import xml.etree.ElementTree as ET

import pytest

from nntrain.show.page.lecture.markup import Marker
from nntrain.show.page.lecture.mathml import mathml


@pytest.mark.parametrize(
    ("formula", "inside"),
    [
        ("a_j", "<msub><mi>a</mi><mi>j</mi></msub>"),
        ("e^{z_j}", "<msup><mi>e</mi><mrow><msub><mi>z</mi><mi>j</mi></msub></mrow></msup>"),
        ("δ_j^l", "<msubsup><mi>δ</mi><mi>j</mi><mi>l</mi></msubsup>"),
        ("σ′", "<msup><mi>σ</mi><mo>′</mo></msup>"),
        ("frac{1}{a}", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>a</mi></mrow></mfrac>"),
        ("0,25 < x", "<mn>0,25</mn><mo>&lt;</mo><mi>x</mi>"),
        ("@cost", '<mn data-value="cost"></mn>'),
        ('" for "', "<mtext>\xa0for\xa0</mtext>"),
    ],
)
def test_formulas(formula, inside):
    assert mathml(formula) == f"<math>{inside}</math>"
    ET.fromstring(mathml(formula))


@pytest.mark.parametrize("formula", ["a_", "{a", "a}", "_j", "frac{a}", "^2"])
def test_a_faulty_formula_is_an_error_that_names_it(formula):
    with pytest.raises(ValueError, match="formula"):
        mathml(formula)


def test_a_mark_after_a_formula_stays_on_its_line():
    made = Marker({}).inline("If $x$, then $y$ (see $z$).")
    found = re.findall(r'<span class="whole"><math>.*?</math>(\S+)</span>', made)
    assert found == [",", ")."]


def test_texts_become_paragraphs_with_numbers_and_nothing_of_them_is_markup():
    marker = Marker({"n": "10"})
    made = marker.paragraphs("*Of* @n <b> at @later.\n\n$$x = @n$$")
    assert made == (
        '<p><strong>Of</strong> 10 &lt;b&gt; at <span data-value="later"></span>.</p>\n'
        '<div class="formula scroll"><math display="block"><mi>x</mi><mo>=</mo><mn>10</mn></math>'
        "</div>"
    )
